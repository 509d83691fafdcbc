"""At what rate small changes grow."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.plots.lenses.lyapunov import spectrum_figure
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.ui.lenses.contract import Lens, Seen
from explorer.words.rates import lyapunov_sentences


def see(trace: Trace, progress: Progress) -> Seen:
    spectrum = lyapunov(trace, progress=progress)
    return Seen((spectrum_figure(spectrum, trace.experiment),), lyapunov_sentences(spectrum))


LENS = Lens(see)
