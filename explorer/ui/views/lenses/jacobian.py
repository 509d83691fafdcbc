"""Singular values on the way to the end."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.linear_steps import Progress
from explorer.show.plots.lenses.fan import fan_figure
from explorer.show.words.rates import fan_sentence
from explorer.ui.views.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    fan = jacobian_fan(trace, progress=progress)
    return Seen((fan_figure(fan, trace.experiment),), (fan_sentence(fan),))


LENS = Lens(see)
