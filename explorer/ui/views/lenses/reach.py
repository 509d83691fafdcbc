"""Which loss reaches which step."""

from __future__ import annotations

import streamlit as st

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.reach import Reach, far_part, reach
from explorer.show.plots.lenses.reach import reach_column, reach_figure, reach_row
from explorer.show.words.lenses import far_sentence
from explorer.ui.views.lenses.contract import Choices, Lens, Seen, remembered, whole_number

BINS = 200  # of the matrix on the page: a picture shows no more
APART = 20  # steps behind which a loss is far


@remembered
def matrix(trace: Trace, *, progress: Progress) -> Reach:
    """The matrix that several lenses draw on."""
    return reach(trace, bins=BINS, progress=progress)


def choose(trace: Trace) -> Choices:
    T = trace.experiment.seq_len
    first = T - len(trace.output_grads) + 1
    left, right, _ = st.columns((1, 1, 2))
    with left:
        loss = whole_number("loss_step", first, T, T)
    with right:
        return loss, whole_number("reached_step", 1, T, (T + 1) // 2)


def see(trace: Trace, loss: int, step: int, progress: Progress) -> Seen:
    e, seen = trace.experiment, matrix(trace, progress=progress)
    part = far_part(trace, step, min(APART, max(1, e.seq_len // 4)))
    sentence = far_sentence(part, e, float(trace.log10_state_grad_norm["h"][-1, -1]))
    return Seen(
        (reach_figure(seen, loss, step), reach_row(seen, trace, loss), reach_column(seen, trace, step)), (sentence,)
    )


LENS = Lens(see, choose)
