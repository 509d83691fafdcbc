"""The lens `reach`: which loss reaches which step."""

from __future__ import annotations

import numpy as np

from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.lenses.afar import middle, steps_apart
from explorer.questions.lenses.reach import BINS, far_part, reach
from explorer.show.lenses.contract import LONGEST, Choices, Lens, Part, Results, Span, at_once
from explorer.show.plots.lenses.reach import reach_column, reach_figure, reach_row
from explorer.show.plots.record import Figure
from explorer.show.words.lenses import far_sentence

PAGE_BINS = 200  # bins of the matrix; a picture shows no more


class ReachChoices(Choices):
    """The choices of the lens `reach`.

    Attributes:
        loss_step: the step of the loss whose row is drawn on its own.
        reached_step: the step whose column is drawn on its own.
        bins: the most rows and columns of the matrix.
    """

    loss_step: int | None = parameter(None, 1, LONGEST, stops=(100,), ends_at="seq_len")
    reached_step: int | None = parameter(None, 1, LONGEST, stops=(50,), ends_at="seq_len")
    bins: int = parameter(BINS, 2, LONGEST)

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        T = trace.experiment.seq_len
        first = T - len(trace.output_grads) + 1
        return {"loss_step": Span(T, first, T), "reached_step": Span(middle(trace.last_loss), 1, T)}


def _far_losses(trace: Trace, results: Results, step: int) -> object:
    """At h; but where nothing comes to h from afar and something to another state, at that one."""
    apart = steps_apart(trace.last_loss)
    parts = (far_part(trace, step, apart, state=name) for name in trace.log10_state_grad_norm)
    at_h = next(parts)
    return at_h if not np.isneginf(at_h.log10_far) else next((p for p in parts if np.isfinite(p.log10_far)), at_h)


def _figures(results: Results, trace: Trace, choices: ReachChoices) -> tuple[Figure, ...]:
    matrix, loss, step = results["record"], choices.loss_step, choices.reached_step
    assert loss is not None and step is not None
    figures = (reach_figure(matrix, loss, step), reach_row(matrix, trace, loss))
    several = len(matrix.loss_edges) > 2  # of one loss a column has a single point
    return (*figures, reach_column(matrix, trace, step)) if several else figures


def _sentences(results: Results, trace: Trace, choices: ReachChoices) -> tuple[str, ...]:
    return (far_sentence(results["far"], gradient_flow(trace, results["far"].state)),)


LENS = Lens(
    {
        "record": Part(
            "reach", lambda trace, results, bins: reach.steps(trace, bins=bins), lambda choices: (choices.bins,)
        ),
        "far": Part("far", at_once(_far_losses), lambda choices: (choices.reached_step,)),
    },
    _figures,
    _sentences,
    ReachChoices,
    {"bins": PAGE_BINS},
)
