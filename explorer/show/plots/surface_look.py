"""What the map and the 3D picture of a surface share: colours, ticks, and the player."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.show.plots.palette import HEATMAPS
from explorer.show.plots.plotly_look import FLOAT32, FONT, GRID, INK, PAPER
from explorer.show.plots.record import Axis
from explorer.show.plots.surface import Surface
from explorer.show.plots.ticks import decade_ticks
from explorer.show.words import say

MOST_FRAMES = 48
FRAME_MS = {"map": 80, "space": 100}
ENDS = {"dash": "x", "solid": "diamond"}
TOP, BOTTOM = 34, 136  # room for the legend; for the axis, and for play and slider


def as_float32(values: np.ndarray) -> np.ndarray:
    """`values` as float32, which sends half the bytes; a value beyond its range is clipped, no picture shows it."""
    return np.clip(values, -FLOAT32, FLOAT32).astype(np.float32)


def frame_steps(surface: Surface) -> list[int]:
    """The steps to draw: all of a short path; of a long one evenly spread steps, and those around its longest jump."""
    last = max(len(path.x) for path in surface.paths) - 1
    steps = set(np.linspace(0, last, min(last, MOST_FRAMES) + 1).round().astype(int).tolist())
    for path in surface.paths:
        if len(path.x) > 1:
            longest = int(np.argmax(np.nan_to_num(np.hypot(np.diff(path.x), np.diff(path.y)))))
            steps |= {longest, longest + 1}
    return sorted(steps)


def colours(surface: Surface, prefix: str) -> dict[str, Any]:
    """Plotly's properties of the colour scale; `prefix` is that of its bounds, as ``c`` in ``cmin``."""
    scale = [list(stop) for stop in HEATMAPS["loss"]]
    return {f"{prefix}min": surface.z.lower, f"{prefix}max": surface.z.upper, "colorscale": scale}


def ticks(axis: Axis) -> dict[str, Any]:
    """Plotly's properties of the ticks of an axis."""
    if not axis.decades:
        return {"nticks": 6}
    positions, labels = decade_ticks(axis.lower, axis.upper)
    return {"tickvals": positions, "ticktext": labels}


def layout_of(surface: Surface, theme: str) -> dict[str, Any]:
    """The layout that the map and the 3D picture share."""
    return {
        "height": surface.height,
        "margin": {"l": 54, "r": 10, "t": TOP, "b": BOTTOM},
        "font": {"size": FONT, "color": INK[theme]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": FONT}},
        "template": "none",
    }


def player(surface: Surface, theme: str, kind: str) -> dict[str, Any]:
    """Layout of the buttons to play and pause and of a slider below the figure; `kind` is ``map`` or ``space``."""
    steps = frame_steps(surface)
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    redraw = kind == "space"  # WebGL needs it; flat paths run more smoothly without it
    frame = {"duration": FRAME_MS[kind], "redraw": redraw}
    buttons = [
        {"label": say("cliff_mark", "play"), "method": "animate", "args": [None, {**at_once, "frame": frame}]},
        {
            "label": say("cliff_mark", "pause"),
            "method": "animate",
            "args": [[None], {**at_once, "frame": {"duration": 0, "redraw": redraw}}],
        },
    ]
    marks = [
        {
            "label": str(step),
            "method": "animate",
            "args": [[str(step)], {**at_once, "frame": {"duration": 0, "redraw": redraw}}],
        }
        for step in steps
    ]
    button_look = {"bgcolor": PAPER[theme], "bordercolor": GRID[theme], "font": {"size": FONT, "color": INK[theme]}}
    return {
        "updatemenus": [
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 46, "r": 6},
                "buttons": buttons,
                **button_look,
            }
        ],
        "sliders": [
            {
                "active": len(steps) - 1,
                "steps": marks,
                "x": 0,
                "len": 1,
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 56},
                "currentvalue": {
                    "prefix": say("cliff_mark", "step"),
                    "font": {"size": FONT, "color": INK[theme]},
                    "xanchor": "right",
                },
                "font": {"color": "rgba(0,0,0,0)", "size": 1},
                "ticklen": 0,
                "minorticklen": 0,
                "bgcolor": GRID[theme],
                "bordercolor": GRID[theme],
            }
        ],
    }
