"""Which way carries the gradient."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.paths import paths
from explorer.show.plots.lenses.paths import kept_figure, shares_figures
from explorer.show.words.ways import paths_sentences
from explorer.ui.views.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    e, seen = trace.experiment, paths(trace, progress=progress)
    return Seen((kept_figure(seen, e), *shares_figures(seen, e)), paths_sentences(seen, e))


LENS = Lens(see)
