"""Which way carries the gradient."""

from __future__ import annotations

from explorer.questions.lenses.paths import paths
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.paths import kept_figure, shares_figures
from explorer.show.words.ways import paths_sentences

LENS = Lens(
    {"record": Part("paths", steps_of(paths))},
    lambda found, trace, choices: (
        kept_figure(found["record"], trace.experiment),
        *shares_figures(found["record"], trace.experiment),
    ),
    lambda found, trace, choices: paths_sentences(found["record"], trace.experiment),
)
