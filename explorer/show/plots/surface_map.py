"""Renders a surface record with plotly as a map that can be clicked and played.

It plays by frames inside the figure, and only when the reader starts it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.show.plots.look import LOOK
from explorer.show.plots.plotly_look import DASHES, FONT, GRID, filled
from explorer.show.plots.raster import picture
from explorer.show.plots.record import Axis
from explorer.show.plots.surface import Surface, SurfacePath
from explorer.show.plots.surface_look import ENDS, as_float32, colours, frame_steps, layout_of, player, ticks
from explorer.show.words import say

CLICKS = 41  # places along each coordinate that a click can choose
CONTOURS = 10


def render_map(surface: Surface, theme: str = "light") -> go.Figure:
    """The surface seen from above; the first trace holds the places that can be clicked."""
    fixed = [_clicks(surface), *_crossed_out(surface), _scale(surface), _home(surface)]
    moving = _lines(surface)
    start = [_start(surface)]
    layout = layout_of(surface, theme) | {
        "xaxis": _flat_axis(surface.x, theme),
        "yaxis": _flat_axis(surface.y, theme),
        "dragmode": False,
        "hovermode": "closest",
        "images": [_ground(surface)],
    }
    first = len(fixed)
    frames = [
        {
            "name": str(step),
            "data": _lines(surface, step),
            "traces": list(range(first, first + len(moving))),
        }
        for step in frame_steps(surface)
    ]
    layout |= player(surface, theme, "map")
    return go.Figure(data=[*fixed, *moving, *start], layout=layout, frames=frames, skip_invalid=False)


def _click_grid(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    return tuple(  # type: ignore[return-value]
        np.linspace(axis.lower, axis.upper, CLICKS) for axis in (surface.x, surface.y)
    )


def _clicks(surface: Surface) -> dict[str, Any]:
    """Invisible points: in Streamlit points can be clicked, a heatmap cannot."""
    columns, rows = _click_grid(surface)
    x, y = np.tile(columns, len(rows)), np.repeat(rows, len(columns))
    nearest = surface.values[
        np.abs(surface.rows[:, None] - y).argmin(axis=0), np.abs(surface.columns[:, None] - x).argmin(axis=0)
    ]
    values = 10**nearest if surface.z.decades else nearest
    texts = [
        f"{surface.z.label} {value:.4g}" if np.isfinite(value) else say("cliff_mark", "not_finite") for value in values
    ]
    invisible = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "text": texts,
        "marker": {"size": 9, "opacity": 0},
        "selected": invisible,
        "unselected": invisible,
        "hovertemplate": "%{x:.3g}, %{y:.3g}: %{text}<extra>" + say("cliff_mark", "click") + "</extra>",
        "showlegend": False,
    }


def _crossed_out(surface: Surface) -> list[dict[str, Any]]:
    """Crosses over the grid points without a value: one rectangle for each run of them in a row."""
    across, up = ((grid[1] - grid[0]) / 2 for grid in (surface.columns, surface.rows))
    x: list[float | None] = []
    y: list[float | None] = []
    for row, missing in zip(surface.rows, ~np.isfinite(surface.values), strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))
        for first, end in edges.reshape(-1, 2):
            left, right = surface.columns[first] - across, surface.columns[end - 1] + across
            x += [left, right, right, left, left, None]
            y += [row - up, row - up, row + up, row + up, row - up, None]
    if not x:
        return []
    return [
        {
            "type": "scatter",
            "mode": "none",
            "x": x,
            "y": y,
            "fill": "toself",
            **filled("not_finite"),
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _ground(surface: Surface) -> dict[str, Any]:
    """The picture of the values' colours and lines, below all traces; each cell lies around its grid point."""
    across, up = (float(grid[1] - grid[0]) for grid in (surface.columns, surface.rows))
    z = surface.z
    return {
        "source": picture(surface.values, z.lower, z.upper, "loss", CONTOURS),
        "xref": "x",
        "yref": "y",
        "x": float(surface.columns[0]) - across / 2,
        "y": float(surface.rows[-1]) + up / 2,
        "sizex": across * len(surface.columns),
        "sizey": up * len(surface.rows),
        "sizing": "stretch",
        "layer": "below",
    }


def _scale(surface: Surface) -> dict[str, Any]:
    """The colour bar, attached to a point that is not drawn."""
    title = {"text": surface.z.label, "font": {"size": FONT}}
    bar = {"thickness": LOOK.sizes.bar, "outlinewidth": 0, "xpad": 6, "title": title, **ticks(surface.z)}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [None],
        "y": [None],
        "marker": {"color": [surface.z.lower], "showscale": True, "colorbar": bar, **colours(surface, "c")},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _home(surface: Surface) -> dict[str, Any]:
    x, y, label = surface.home
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "x": [x],
        "y": [y],
        "marker": {"symbol": "cross-thin", "size": 12, "line": {"color": "white", "width": 2}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _lines(surface: Surface, step: int | None = None) -> list[dict[str, Any]]:
    """The paths up to a step, or to their ends; the dashed one on top, so that both are visible where they agree."""
    paths = sorted(surface.paths, key=lambda path: path.dash != "solid")
    layers = [[make(path, step) for path in paths] for make in (_seam, _line, _head)]
    return [trace for layer in layers for trace in layer]


def _seam(path: SurfacePath, step: int | None) -> dict[str, Any]:
    """A light edge, which makes a path stand out on every colour."""
    return _flat(path, step) | {"mode": "lines", "line": {"color": "rgba(255,255,255,0.85)", "width": 6}}


def _line(path: SurfacePath, step: int | None) -> dict[str, Any]:
    line = {"color": path.colour, "width": 3, "dash": DASHES[path.dash]}
    rank = 1 if path.dash == "solid" else 0
    return _flat(path, step) | {
        "mode": "lines",
        "name": path.label,
        "line": line,
        "showlegend": True,
        "legendrank": rank,
    }


def _head(path: SurfacePath, step: int | None) -> dict[str, Any]:
    """A marker at the end of a path."""
    edge = {"color": "white", "width": 2}
    marker = {"symbol": ENDS[path.dash], "size": 11, "color": path.colour, "line": edge}
    flat = _flat(path, step)
    return flat | {"mode": "markers", "x": flat["x"][-1:], "y": flat["y"][-1:], "marker": marker}


def _flat(path: SurfacePath, step: int | None) -> dict[str, Any]:
    count = len(path.x) if step is None else step + 1
    x, y = (as_float32(p[:count]) for p in (path.x, path.y))
    return {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", "showlegend": False}


def _start(surface: Surface) -> dict[str, Any]:
    path = surface.paths[0]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": say("cliff_mark", "start"),
        "x": path.x[:1],
        "y": path.y[:1],
        "marker": {"symbol": "circle", "size": 12, "color": "white", "line": {"color": "#14171C", "width": 2.5}},
        "hoverinfo": "skip",
        "showlegend": True,
    }


def _flat_axis(axis: Axis, theme: str) -> dict[str, Any]:
    return {
        "title": {"text": axis.label, "standoff": 4, "font": {"size": FONT}},
        "range": [axis.lower, axis.upper],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": GRID[theme],
    }
