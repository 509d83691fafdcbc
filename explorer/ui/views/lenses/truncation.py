"""What truncated back-propagation through time throws away."""

from __future__ import annotations

import streamlit as st

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.truncation import Truncation
from explorer.questions.lenses.windows import truncated
from explorer.show.plots.lenses.truncation import share_figure, truncation_figure
from explorer.show.words.lenses import truncation_sentences
from explorer.ui.views.lenses.contract import Choices, Lens, Seen, one_of, remembered, whole_number
from explorer.ui.views.lenses.reach import matrix

WAY_OF = {"sliding window": "sliding", "chunks": "chunks"}
CUTS = tuple(WAY_OF)


@remembered
def left_of(trace: Trace, way: str, window: int, *, progress: Progress) -> Truncation:
    return truncated(trace, way, window, progress)


def choose(trace: Trace) -> Choices:
    T = trace.experiment.seq_len
    left, right = st.columns((1, 3))
    with left:
        window = whole_number("window", 1, T, min(20, T))
    with right:
        return window, WAY_OF[one_of("cut", CUTS, CUTS[0])]


def see(trace: Trace, window: int, way: str, progress: Progress) -> Seen:
    e, seen = trace.experiment, matrix(trace, progress=lambda share: progress(share / 2))
    left = left_of(trace, way, window, progress=lambda share: progress((1 + share) / 2))
    figures = (truncation_figure(seen, window, way), share_figure(left, e, window))
    return Seen(figures, truncation_sentences(left, window, e, way))


LENS = Lens(see, choose)
