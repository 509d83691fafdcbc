"""A plotly figure for the last row of a lecture hall: type, lines and margins larger, the data as they are."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

HALL = 600  # pixels: as high as the figure may get, so that it and what is said about it fit on one screen
BOLDER = 1.25  # lines grow by this beyond what type does
LAID_OUT = {"height", "l", "r", "t", "b", "standoff", "ticklen", "thickness"}


def enlarged(drawn: go.Figure, scale: float) -> go.Figure:
    """The same figure with everything that is measured in pixels times `scale`, and no higher than a hall's screen."""
    spec = drawn.to_plotly_json()
    for trace in spec["data"]:
        _grow(trace, scale)
    _grow(spec["layout"], scale)
    spec["layout"]["height"] = min(spec["layout"]["height"], HALL)
    return go.Figure(spec, skip_invalid=False)


def _grow(part: Any, scale: float, inside: str = "") -> None:
    """In place; sizes stand in fonts and markers, widths in lines, whatever contains them."""
    if isinstance(part, list | tuple):
        for item in part:
            _grow(item, scale, inside)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        if isinstance(value, dict | list | tuple):
            _grow(value, scale, key)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if key in LAID_OUT or (key == "size" and inside.endswith(("font", "marker"))):
                part[key] = value * scale
            elif key == "width" and inside == "line":
                part[key] = value * scale * BOLDER
