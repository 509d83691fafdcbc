"""Which loss reaches which step."""

from __future__ import annotations

from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.lenses.reach import BINS, far_part, reach
from explorer.show.lenses.contract import LONGEST, Choices, Found, Lens, Part, Span, at_once
from explorer.show.plots.lenses.reach import reach_column, reach_figure, reach_row
from explorer.show.plots.record import Figure
from explorer.show.words.lenses import far_sentence

ON_PAGE = 200  # bins of the matrix: a picture shows no more
APART = 20  # steps behind which a loss is far


class ReachChoices(Choices):
    """
    Attributes:
        loss_step: the loss whose row is drawn on its own.
        reached_step: the step whose column is.
        bins: rows and columns of the matrix at most.
    """

    loss_step: int | None = parameter(None, 1, LONGEST, stops=(100,), ends_at="seq_len")
    reached_step: int | None = parameter(None, 1, LONGEST, stops=(50,), ends_at="seq_len")
    bins: int = parameter(BINS, 2, LONGEST)

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        T = trace.experiment.seq_len
        first = T - len(trace.output_grads) + 1
        return {"loss_step": Span(T, first, T), "reached_step": Span((T + 1) // 2, 1, T)}


def _far(trace: Trace, found: Found, step: int) -> object:
    return far_part(trace, step, min(APART, max(1, trace.experiment.seq_len // 4)))


def _figures(found: Found, trace: Trace, choices: ReachChoices) -> tuple[Figure, ...]:
    matrix, loss, step = found["record"], choices.loss_step, choices.reached_step
    assert loss is not None and step is not None
    return (reach_figure(matrix, loss, step), reach_row(matrix, trace, loss), reach_column(matrix, trace, step))


def _sentences(found: Found, trace: Trace, choices: ReachChoices) -> tuple[str, ...]:
    return (far_sentence(found["far"], trace.experiment, float(trace.log10_state_grad_norm["h"][-1, -1])),)


LENS = Lens(
    {
        "record": Part(
            "reach", lambda trace, found, bins: reach.steps(trace, bins=bins), lambda choices: (choices.bins,)
        ),
        "far": Part("far", at_once(_far), lambda choices: (choices.reached_step,)),
    },
    _figures,
    _sentences,
    ReachChoices,
    {"bins": ON_PAGE},
)
