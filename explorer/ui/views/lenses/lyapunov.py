"""At what rate small changes grow."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.show.plots.lenses.lyapunov import spectrum_figure
from explorer.show.words.rates import lyapunov_sentences
from explorer.ui.views.lenses.contract import Lens, Seen


def see(trace: Trace, progress: Progress) -> Seen:
    spectrum = lyapunov(trace, progress=progress)
    return Seen((spectrum_figure(spectrum, trace.experiment),), lyapunov_sentences(spectrum))


LENS = Lens(see)
