"""The lens `paths`: which way carries the gradient."""

from __future__ import annotations

from explorer.questions.lenses.paths import paths
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.paths import kept_figure, shares_figures
from explorer.show.words.ways import paths_sentences

LENS = Lens(
    {"record": Part("paths", steps_of(paths))},
    lambda results, trace, choices: (
        kept_figure(results["record"], trace.experiment),
        *shares_figures(results["record"], trace.experiment),
    ),
    lambda results, trace, choices: paths_sentences(results["record"], trace.experiment),
)
