"""What the output's gradient hides."""

from __future__ import annotations

from explorer.questions.lenses.direct import direct_against_total
from explorer.show.lenses.contract import Lens, Part, at_once
from explorer.show.plots.lenses.direct import direct_figure
from explorer.show.words.ways import direct_sentence

LENS = Lens(
    {"record": Part("direct", at_once(lambda trace, found: direct_against_total(trace)))},
    lambda found, trace, choices: (direct_figure(found["record"], trace.experiment),),
    lambda found, trace, choices: (direct_sentence(found["record"], trace.experiment),),
)
