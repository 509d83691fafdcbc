"""Singular values on the way to the end."""

from __future__ import annotations

from explorer.lenses.jacobian_fan import jacobian_fan
from explorer.lenses.linear_steps import Progress
from explorer.plots.lenses.fan import fan_figure
from explorer.trace import Trace
from explorer.ui.lenses.contract import Lens, Seen

POINTS = 101  # of the curves


def see(trace: Trace, progress: Progress) -> Seen:
    return Seen((fan_figure(jacobian_fan(trace, points=POINTS, progress=progress), trace.experiment),))


LENS = Lens(see)
