"""The lens `saturation`: which slopes are left."""

from __future__ import annotations

from explorer.questions.lenses.saturation import saturation
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.saturation import ends_figure, slopes_figure
from explorer.show.words.ways import saturation_sentence

LENS = Lens(
    {"record": Part("saturation", steps_of(saturation))},
    lambda results, trace, choices: (
        slopes_figure(results["record"], trace.experiment),
        ends_figure(results["record"], trace.experiment),
    ),
    lambda results, trace, choices: (saturation_sentence(results["record"]),),
)
