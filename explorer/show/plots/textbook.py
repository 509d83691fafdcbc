"""A formula as written beside the truth: two curves on one absolute log axis."""

from __future__ import annotations

import numpy as np

from explorer.questions.textbook.contract import Comparison
from explorer.show.plots.axes import decades_around
from explorer.show.plots.palette import OTHERS, cell_colour
from explorer.show.plots.record import Axis, Figure, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.formulas import number_sentence
from explorer.show.words.numbers import magnitude

WRITTEN = OTHERS[1]  # no cell's colour


def textbook_figure(comparison: Comparison) -> Figure:
    """The truth solid, the formula as written dashed; exact zeros and missing gradients are marked as such."""
    c = comparison
    T = len(c.true)
    steps, colour = np.arange(1, T + 1), cell_colour(c.experiment.cell)
    curves = (
        Series(say("formula_mark", "true"), steps, c.true, colour, "solid", 2.5),
        Series(say("formula_mark", "written"), steps, c.written, WRITTEN, "dash", 2.5),
    )
    panel = Panel(
        Axis(say("formula_axis", c.quantity), *decades_around(np.concatenate([c.true, c.written])), decades=True),
        series=curves,
        regions=tuple(region for curve in curves for region in _exceptions(curve)),
    )
    summaries = [_summary(curve) for curve in curves]
    return Figure(
        "textbook",
        say("formula", c.formula),
        say("formula_figure", "caption"),
        " ".join([say("formula_figure", "alternative"), *summaries, number_sentence(c)]),
        Axis(say("axis", "step"), 1, T),
        (panel,),
        height=330,
        legend=True,
        wide=True,
    )


def _exceptions(curve: Series) -> tuple[Region, ...]:
    """A region for exact zeros from the first step on, or for a missing gradient.

    A zero at step 1 alone only means that the initial state is zero.
    """
    if np.isnan(curve.values).all():
        return (Region(say("formula_mark", "none_of", curve=curve.label), 1, len(curve.steps), "not_finite", of="x"),)
    zeros = np.flatnonzero(np.isneginf(curve.values))
    if not len(zeros) or zeros[-1] == 0:
        return ()
    return (Region(say("formula_mark", "zero_of", curve=curve.label), 1, int(zeros[-1]) + 1, "zero", of="x"),)


def _summary(curve: Series) -> str:
    if np.isnan(curve.values).all():
        return say("formula_mark", "none_of", curve=curve.label) + "."
    first, last = magnitude(float(curve.values[0])), magnitude(float(curve.values[-1]))
    return say("alternative", "curve", name=curve.label, first=first, last=last, steps=len(curve.steps))
