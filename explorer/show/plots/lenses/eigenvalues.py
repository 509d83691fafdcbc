"""Eigenvalues of the recurrent weights and of a step's Jacobian, with the unit circle."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.spectra import Spectrum
from explorer.show.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.show.plots.record import Axis, Figure, Panel, Series
from explorer.show.words import say
from explorer.show.words.numbers import beside

CIRCLE = np.linspace(0, 2 * np.pi, 181)


def eigenvalues_figure(weights: Spectrum | None, jacobian: Spectrum, e: Experiment, step: int) -> Figure:
    """The weights' eigenvalues as discs, those of the step's Jacobian as open diamonds; the circle has radius 1.

    Eigenvalues that are not finite are left out.
    """
    circle = Series(say("lens_mark", "circle"), np.cos(CIRCLE), np.sin(CIRCLE), NEUTRAL, "dash", 1.5)
    marks = [circle]
    if weights is not None:
        marks.append(_points(say("lens_mark", "of_weights", name=weights.name), weights, cell_colour(e.cell), "circle"))
    marks.append(_points(say("lens_mark", "of_step", step=step), jacobian, OTHERS[1], "diamond"))
    reach = max(np.abs(np.concatenate([s.steps, s.values])).max(initial=1.0) for s in marks)
    edge = float(np.ceil(reach * 1.08 * 10) / 10) if reach < 10 else float(reach * 1.08)
    panel = Panel(Axis(say("lens_axis", "imaginary"), -edge, edge), series=tuple(marks))
    key = "eigenvalues_step" if weights is None else "eigenvalues"
    of_weights = "" if weights is None else beside(weights.radius, 1)
    numbers = {"weights": of_weights, "step": step, "jacobian": beside(jacobian.radius, 1)}
    alternative = say("lens_alternative", key, **numbers)
    return Figure(
        "eigenvalues",
        say("lens", "eigenvalues"),
        say("lens_caption", key),
        alternative,
        Axis(say("lens_axis", "real"), -edge, edge),
        (panel,),
        520,
        True,
        plane=True,
    )


def _points(label: str, spectrum: Spectrum, colour: str, symbol: str) -> Series:
    finite = spectrum.eigenvalues[np.isfinite(spectrum.eigenvalues)]
    return Series(label, finite.real, finite.imag, colour, symbol=symbol)
