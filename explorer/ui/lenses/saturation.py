"""Which slopes are left."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.plots.lenses.saturation import ends_figure, slopes_figure
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.saturation import saturation
from explorer.ui.lenses.contract import Lens, Seen
from explorer.words.ways import saturation_sentence


def see(trace: Trace, progress: Progress) -> Seen:
    e, seen = trace.experiment, saturation(trace, progress=progress)
    return Seen((slopes_figure(seen, e), ends_figure(seen, e)), (saturation_sentence(seen),))


LENS = Lens(see)
