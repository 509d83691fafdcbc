"""The lens `lyapunov`: at what rates small changes grow."""

from __future__ import annotations

from explorer.questions.lenses.lyapunov import lyapunov
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.lyapunov import spectrum_figure
from explorer.show.words.rates import lyapunov_sentences

LENS = Lens(
    {"record": Part("lyapunov", steps_of(lyapunov))},
    lambda results, trace, choices: (spectrum_figure(results["record"], trace.experiment),),
    lambda results, trace, choices: lyapunov_sentences(results["record"]),
)
