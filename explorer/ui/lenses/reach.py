"""Which loss reaches which step."""

from __future__ import annotations

from explorer.lenses.linear_steps import Progress
from explorer.lenses.reach import reach
from explorer.plots.lenses.reach import reach_figure, reach_profile
from explorer.trace import Trace
from explorer.ui.lenses.contract import Lens, Seen

BINS = 200  # of the matrix on the page: a picture shows no more


def see(trace: Trace, progress: Progress) -> Seen:
    seen = reach(trace, bins=BINS, progress=progress)
    return Seen((reach_figure(seen, trace.experiment), reach_profile(seen, trace.experiment)))


LENS = Lens(see)
