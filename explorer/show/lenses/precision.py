"""The lens `precision`: where each number format loses the gradient."""

from __future__ import annotations

from explorer.base.long_work import Work
from explorer.base.rounding import FORMATS
from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.lenses.precision import LARGEST_SCALE, RunInFormat, precision
from explorer.show.lenses.contract import Choices, Lens, Part, Results
from explorer.show.plots.lenses.precision import precision_figure
from explorer.show.plots.record import Figure
from explorer.show.words.precision import precision_sentences

NARROWEST = tuple(FORMATS)[-1]
USUAL_SCALE = 16  # exponent with which mixed-precision training starts; compared with no scale


class PrecisionChoices(Choices):
    """The choices of the lens `precision`.

    Attributes:
        loss_scale: the exponent of the power of two that the loss is multiplied by.
    """

    loss_scale: int = parameter(0, 0, LARGEST_SCALE, reach=(0, LARGEST_SCALE, 1), stops=(USUAL_SCALE,))


def other_scale(loss_scale: int) -> int:
    """The exponent of the loss scale that is compared with `loss_scale`."""
    return 0 if loss_scale else USUAL_SCALE


def _other_run(trace: Trace, results: Results, loss_scale: int) -> Work[RunInFormat | None]:
    """The narrowest format under the other loss scale; None if it overflows, or reaches step 1 under this one."""
    narrowest = results["record"].formats.get(NARROWEST)
    if narrowest is None or not narrowest.off_step or narrowest.overflow_step is not None:
        return None
    other = yield from precision.steps(trace, other_scale(loss_scale), (NARROWEST,))
    return other.formats[NARROWEST]


def _arguments(choices: PrecisionChoices) -> tuple[int]:
    return (choices.loss_scale,)


def _figures(results: Results, trace: Trace, choices: PrecisionChoices) -> tuple[Figure, ...]:
    return (precision_figure(results["record"], trace.experiment),)


def _sentences(results: Results, trace: Trace, choices: PrecisionChoices) -> tuple[str, ...]:
    return precision_sentences(results["record"], results["other"], other_scale(choices.loss_scale), trace)


LENS = Lens(
    {
        "record": Part("precision", lambda trace, results, scale: precision.steps(trace, scale), _arguments),
        "other": Part("precision by another scale", _other_run, _arguments),
    },
    _figures,
    _sentences,
    PrecisionChoices,
)
