"""At what rate small changes grow."""

from __future__ import annotations

from explorer.lenses.linear_steps import Progress
from explorer.lenses.lyapunov import lyapunov
from explorer.plots.lenses.lyapunov import spectrum_figure
from explorer.trace import Trace
from explorer.ui.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    return Seen((spectrum_figure(lyapunov(trace, progress=progress), trace.experiment),))


LENS = Lens(see)
