"""Enlarges a plotly figure for the last row of a lecture hall: larger type, lines and margins, the same data."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

HALL = 600  # pixels: the largest height, so that the figure and its text fit on one screen
BOLDER = 1.25  # lines grow by this factor more than type
PIXEL_KEYS = {"height", "l", "r", "t", "b", "standoff", "ticklen", "thickness"}


def enlarged(figure: go.Figure, scale: float) -> go.Figure:
    """A copy of the figure with all sizes in pixels times `scale`, and no higher than `HALL`."""
    spec = figure.to_plotly_json()
    for trace in spec["data"]:
        _grow(trace, scale)
    _grow(spec["layout"], scale)
    spec["layout"]["height"] = min(spec["layout"]["height"], HALL)
    return go.Figure(spec, skip_invalid=False)


def _grow(part: Any, scale: float, parent: str = "") -> None:
    """Scale in place: the sizes of fonts and markers and the widths of lines, at any depth."""
    if isinstance(part, list | tuple):
        for item in part:
            _grow(item, scale, parent)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if isinstance(value, dict | list | tuple):
            _grow(value, scale, key)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if key in PIXEL_KEYS or (key == "size" and parent.endswith(("font", "marker"))):
                part[key] = value * scale
            elif key == "width" and parent == "line":
                part[key] = value * scale * BOLDER
