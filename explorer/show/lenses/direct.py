"""The lens `direct`: what the gradient of the output hides."""

from __future__ import annotations

from explorer.questions.lenses.direct import direct_against_total
from explorer.show.lenses.contract import Lens, Part, at_once
from explorer.show.plots.lenses.direct import direct_figure
from explorer.show.words.ways import direct_sentence

LENS = Lens(
    {"record": Part("direct", at_once(lambda trace, results: direct_against_total(trace)))},
    lambda results, trace, choices: (direct_figure(results["record"], trace.experiment),),
    lambda results, trace, choices: (direct_sentence(results["record"], trace.experiment),),
)
