"""Where each number format loses the gradient."""

from __future__ import annotations

from explorer.base.long_work import Work
from explorer.base.rounding import FORMATS
from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.lenses.precision import LARGEST_SCALE, RunInFormat, precision
from explorer.show.lenses.contract import Choices, Found, Lens, Part
from explorer.show.plots.lenses.precision import precision_figure
from explorer.show.plots.record import Figure
from explorer.show.words.precision import precision_sentences

NARROWEST = tuple(FORMATS)[-1]
USUAL_SCALE = 16  # what mixed-precision training starts from, and what is compared with no scale at all


class PrecisionChoices(Choices):
    """
    Attributes:
        loss_scale: the exponent of the power of two that the loss is multiplied by.
    """

    loss_scale: int = parameter(0, 0, LARGEST_SCALE, reach=(0, LARGEST_SCALE, 1), stops=(USUAL_SCALE,))


def other_scale(loss_scale: int) -> int:
    """The exponent that is set beside this one."""
    return 0 if loss_scale else USUAL_SCALE


def _other(trace: Trace, found: Found, loss_scale: int) -> Work[RunInFormat | None]:
    """What another loss scale makes of the narrowest format, where this one does not carry it to the first step."""
    narrowest = found["record"].formats.get(NARROWEST)
    if narrowest is None or not narrowest.off_step or narrowest.overflow_step is not None:
        return None
    other = yield from precision.steps(trace, other_scale(loss_scale), (NARROWEST,))
    return other.formats[NARROWEST]


def _asked(choices: PrecisionChoices) -> tuple[int]:
    return (choices.loss_scale,)


def _figures(found: Found, trace: Trace, choices: PrecisionChoices) -> tuple[Figure, ...]:
    return (precision_figure(found["record"], trace.experiment),)


def _sentences(found: Found, trace: Trace, choices: PrecisionChoices) -> tuple[str, ...]:
    return precision_sentences(found["record"], found["other"], other_scale(choices.loss_scale), trace)


LENS = Lens(
    {
        "record": Part("precision", lambda trace, found, scale: precision.steps(trace, scale), _asked),
        "other": Part("precision by another scale", _other, _asked),
    },
    _figures,
    _sentences,
    PrecisionChoices,
)
