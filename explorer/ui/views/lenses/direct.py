"""What the output's gradient hides."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.lenses.direct import direct_against_total
from explorer.questions.lenses.linear_steps import Progress
from explorer.show.plots.lenses.direct import direct_figure
from explorer.show.words.ways import direct_sentence
from explorer.ui.views.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    e, seen = trace.experiment, direct_against_total(trace, progress)
    return Seen((direct_figure(seen, e),), (direct_sentence(seen, e),))


LENS = Lens(see)
