"""The figure of the Lyapunov spectrum."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.lyapunov import Lyapunov
from explorer.show.plots.palette import cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.rates import lyapunov_sentences


def spectrum_figure(spectrum: Lyapunov, e: Experiment) -> Figure:
    """The exponents in descending order, with the gradient's own slope to compare with the first."""
    finite = np.where(np.isfinite(spectrum.exponents), spectrum.exponents, np.nan)
    number = np.arange(1, len(finite) + 1)
    marks = [Level(say("lens_mark", "neutral"), 0.0, "dash")]
    if np.isfinite(spectrum.gradient_slope):
        marks.append(Level(say("lens_mark", "slope"), spectrum.gradient_slope, "dot", side="right", below=True))
    values = [*finite[np.isfinite(finite)], *(mark.value for mark in marks)]
    lower, upper = float(np.floor(min(values) - 0.1)), float(np.ceil(max(values) + 0.1))
    dead = int(np.isneginf(spectrum.exponents).sum())
    regions = () if not dead else (_dead_region(dead, len(finite)),)
    if spectrum.code == "overflowed":
        regions = (Region(say("lens_mark", "overflowed"), 1, len(finite), "not_finite", of="x"),)
    curve = Series(say("lens_mark", "exponents"), number, finite, cell_colour(e.cell), "solid", 2.2)
    panel = Panel(
        Axis(say("lens_axis", "exponent"), lower, upper), series=(curve,), levels=tuple(marks), regions=regions
    )
    alternative = say("lens_alternative", "lyapunov", found=" ".join(lyapunov_sentences(spectrum)).replace("**", ""))
    axis = Axis(say("lens_axis", "number"), 1, len(finite))
    caption = say("lens_caption", "lyapunov")
    if np.isfinite(spectrum.gradient_slope):
        caption += " " + say("lens_caption", "lyapunov_slope")
    return Figure("lyapunov", say("lens", "lyapunov"), caption, alternative, axis, (panel,), 360, True, True)


def _dead_region(count: int, size: int) -> Region:
    return Region(say("lens_mark", "dead", count=count), size - count + 1, size, "zero", of="x")
