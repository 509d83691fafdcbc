"""At what rate small changes grow."""

from __future__ import annotations

from explorer.questions.lenses.lyapunov import lyapunov
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.lyapunov import spectrum_figure
from explorer.show.words.rates import lyapunov_sentences

LENS = Lens(
    {"record": Part("lyapunov", steps_of(lyapunov))},
    lambda found, trace, choices: (spectrum_figure(found["record"], trace.experiment),),
    lambda found, trace, choices: lyapunov_sentences(found["record"]),
)
