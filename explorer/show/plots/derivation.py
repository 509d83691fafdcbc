"""What each step adds to an entry of ∂L/∂W, and the sum as back-propagation makes it."""

from __future__ import annotations

import numpy as np

from explorer.questions.textbook.derivation import Derivation
from explorer.show.plots.palette import OTHERS, cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.numbers import short


def derivation_figure(derived: Derivation, row: int, column: int) -> Figure:
    """The terms of entry (row, column), counted from 1, and their sum from the last step back.

    Terms have signs and add up, so the axis is linear: what a log axis would show of a vanishing term is here nothing,
    which is what it does for the sum.
    """
    T, name = derived.steps, {"row": row, "column": column}
    entry = derived.terms["W"][:, row - 1, column - 1]
    so_far, steps = np.cumsum(entry[::-1])[::-1], np.arange(1, T + 1)
    total = short(float(so_far[0]))
    panel = Panel(
        Axis(say("derivation_mark", "entry", **name), *_around(np.concatenate([entry, so_far]))),
        series=(
            Series(say("derivation_mark", "term"), steps, entry, cell_colour("rnn"), "solid", 2.5),
            Series(say("derivation_mark", "so_far"), steps, so_far, OTHERS[1], "dash", 2.5),
        ),
        regions=(Region("", derived.step - 0.08, derived.step + 0.08, "warm", of="x"),),
        levels=(Level(say("derivation_mark", "total", value=total), float(so_far[0]), side="right"),),
    )
    told = {"first": short(float(entry[0])), "last": short(float(entry[-1])), "steps": T, "total": total}
    return Figure(
        "derivation",
        say("derivation", "sum"),
        say("derivation", "caption"),
        say("derivation", "alternative", **name, **told),
        Axis(say("axis", "step"), 1, T),
        (panel,),
        height=300,
        legend=True,
        wide=True,
    )


def _around(values: np.ndarray) -> tuple[float, float]:
    """Round numbers on both sides of zero, as far apart from it as the values ask."""
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
