"""Colours: Okabe & Ito's set, safe for all common kinds of colour blindness; one colour for one thing everywhere."""

from __future__ import annotations

from explorer.model.cells import CELLS

OTHERS = ("#56B4E9", "#CC79A7", "#E69F00", "#009E73", "#D55E00", "#0072B2")
GATES_IN_TURN = (*OTHERS, *OTHERS)  # several cells together have more gates than there are colours
NEUTRAL = "#8A8F98"

STATES = ((0.0, "#2166AC"), (0.25, "#7FB2D5"), (0.5, "#E9E9E6"), (0.75, "#E79A6F"), (1.0, "#B2471B"))
GATES = (  # cividis, eight of its colours
    (0.0, "#00224E"),
    (1 / 7, "#123570"),
    (2 / 7, "#3B496C"),
    (3 / 7, "#575D6D"),
    (4 / 7, "#707173"),
    (5 / 7, "#9C9470"),
    (6 / 7, "#CBBA69"),
    (1.0, "#FEE838"),
)
LOSS = ((0.0, "#F7F4EC"), (0.25, "#DAD6CB"), (0.5, "#B0AFAE"), (0.75, "#7F838C"), (1.0, "#535B6B"))  # paths stand out
HEATMAPS = {"states": STATES, "gates": GATES, "loss": LOSS}

PINS = (  # colour and dash of each place; none of the colours is a cell's
    ("#CC79A7", "dash"),
    ("#3C95C9", "dot"),
    ("#A38A00", "dashdot"),
    ("#8F63B5", "longdash"),
    ("#A66B36", "longdashdot"),
    ("#767B84", "sparse"),
)
COMPARED_DASHES = ("dash", "dot")  # of cells compared with the live one, which keep their own colours


def cell_colour(cell: str) -> str:
    """The one of its row; of a cell that brings none, the first free one."""
    return CELLS[cell].colour or OTHERS[0]
