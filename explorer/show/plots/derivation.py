"""The figure of a derivation: what each step adds to an entry of ∂L/∂W, and the sum as back-propagation builds it."""

from __future__ import annotations

import numpy as np

from explorer.questions.textbook.derivation import Derivation
from explorer.show.plots.palette import OTHERS, cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.numbers import short


def derivation_figure(derivation: Derivation, row: int, column: int) -> Figure:
    """The terms of entry (row, column), counted from 1, and their sum from the last step back.

    Terms have signs and add up, so the axis is linear: a vanishing term looks like nothing and adds nothing to the sum.
    """
    T, place = derivation.steps, {"row": row, "column": column}
    entry = derivation.terms["W"][:, row - 1, column - 1]
    partial_sums, steps = np.cumsum(entry[::-1])[::-1], np.arange(1, T + 1)
    total = short(float(partial_sums[0]))
    panel = Panel(
        Axis(say("derivation_mark", "entry", **place), *_around(np.concatenate([entry, partial_sums]))),
        series=(
            Series(say("derivation_mark", "term"), steps, entry, cell_colour("rnn"), "solid", 2.5),
            Series(say("derivation_mark", "so_far"), steps, partial_sums, OTHERS[1], "dash", 2.5),
        ),
        regions=(Region("", derivation.step - 0.08, derivation.step + 0.08, "warm", of="x"),),
        levels=(Level(say("derivation_mark", "total", value=total), float(partial_sums[0]), side="right"),),
    )
    numbers = {"first": short(float(entry[0])), "last": short(float(entry[-1])), "steps": T, "total": total}
    return Figure(
        "derivation",
        say("derivation", "sum"),
        say("derivation", "caption"),
        say("derivation", "alternative", **place, **numbers),
        Axis(say("axis", "step"), 1, T),
        (panel,),
        height=300,
        legend=True,
        wide=True,
    )


def _around(values: np.ndarray) -> tuple[float, float]:
    """A symmetric range around zero, with a round bound beyond all values."""
    largest = float(np.abs(values).max())
    if largest == 0.0:
        return -1.0, 1.0
    unit = 10.0 ** np.floor(np.log10(largest * 1.1))
    bound = float(
        next(
            unit * m
            for m in (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
            if unit * m >= largest * 1.1
        )
    )
    return -bound, bound
