"""Colours: Okabe & Ito's set, safe for all common kinds of colour blindness; one colour for one thing everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.model.cells import CELLS
from explorer.show.plots.look import LOOK

NEUTRAL = LOOK.colours["neutral"]
OTHERS = (LOOK.colours["cool"], "#CC79A7", "#E69F00", "#009E73", LOOK.colours["warm"], "#0072B2")
GATES_IN_TURN = (*OTHERS, *OTHERS)  # several cells together have more gates than there are colours

HEATMAPS = {  # the colour scales as stops: share of the range, colour
    name: tuple((place / (len(colours) - 1), colour) for place, colour in enumerate(colours))
    for name, colours in LOOK.scales.items()
}

PINS = (  # colour and dash of each pin; none of the colours is a cell's
    ("#CC79A7", "dash"),
    ("#3C95C9", "dot"),
    ("#A38A00", "dashdot"),
    ("#8F63B5", "longdash"),
    ("#A66B36", "longdashdot"),
    ("#767B84", "sparse"),
)
COMPARED_DASHES = ("dash", "dot")  # of cells that are compared with the live one; they keep their own colours


def cell_colour(cell: str) -> str:
    """The hex colour of a cell; a registered cell without one gets the first free colour."""
    return CELLS[cell].colour or OTHERS[0]


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a hex colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def farthest_colours(used: Sequence[str], count: int) -> list[str]:
    """`count` of `OTHERS`, one after the other the one that is farthest in RGB from the used ones and those before.

    Where more are wanted than there are, they come round again.
    """
    found: list[str] = []
    while len(found) < min(count, len(OTHERS)):
        free = [colour for colour in OTHERS if colour not in found]
        found.append(max(free, key=lambda colour: min(_apart(colour, other) for other in (*used, *found))))
    return [found[k % len(found)] for k in range(count)]


def _apart(a: str, b: str) -> int:
    return sum((x - y) ** 2 for x, y in zip(channels(a), channels(b), strict=True))


def translucent(colour: str, alpha: float) -> str:
    """A hex colour with an opacity, as CSS: ``rgba(213,94,0,0.12)``."""
    red, green, blue = channels(colour)
    return f"rgba({red},{green},{blue},{alpha})"
