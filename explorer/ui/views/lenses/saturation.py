"""Which slopes are left."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.saturation import saturation
from explorer.show.plots.lenses.saturation import ends_figure, slopes_figure
from explorer.show.words.ways import saturation_sentence
from explorer.ui.views.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    e, seen = trace.experiment, saturation(trace, progress=progress)
    return Seen((slopes_figure(seen, e), ends_figure(seen, e)), (saturation_sentence(seen),))


LENS = Lens(see)
