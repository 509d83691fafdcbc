"""Renders a surface record with plotly in 3D, with the paths laid on it; it plays as the map does."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.show.plots.plotly_look import FONT, GRID
from explorer.show.plots.record import Axis
from explorer.show.plots.surface import Surface, SurfacePath
from explorer.show.plots.surface_look import (
    BOTTOM,
    ENDS,
    TOP,
    as_float32,
    colours,
    frame_steps,
    layout_of,
    player,
    ticks,
)

LIFTS = {
    "dash": 0.02,
    "solid": 0.012,
}  # height of a path above the surface, as a share of the z axis; both are visible where they agree
MOST_PIECES = 200  # of one step
SPACE_DASHES = {"dash": "dot", "solid": "solid"}  # plotly's dash is as long as a path in 3D


def render_space(surface: Surface, theme: str = "light") -> go.Figure:
    """The surface in 3D with the paths on it."""
    ground = _ground(surface)
    threads = [(path, *_draped(path, surface)) for path in surface.paths]
    moving = _threads(threads, surface)
    frames = [
        {"name": str(step), "data": _threads(threads, surface, step), "traces": list(range(1, 1 + len(moving)))}
        for step in frame_steps(surface)
    ]
    scene = {
        "xaxis": _space_axis(surface.x, theme),
        "yaxis": _space_axis(surface.y, theme),
        "zaxis": _space_axis(surface.z, theme),
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.7},
        "camera": {"eye": _eye(surface), "center": {"x": 0, "y": 0, "z": -0.18}},
    }
    margin = {"l": 0, "r": 0, "t": TOP, "b": BOTTOM}
    layout = layout_of(surface, theme) | {"scene": scene, "margin": margin} | player(surface, theme, "space")
    return go.Figure(data=[ground, *moving], layout=layout, frames=frames, skip_invalid=False)


def _eye(surface: Surface) -> dict[str, float]:
    """The camera above the corner with low values, so that no wall hides the paths."""
    z = np.where(np.isfinite(surface.values), surface.values, surface.z.upper)
    right = z[:, z.shape[1] // 2 :].mean() <= z[:, : z.shape[1] // 2].mean()
    top = z[z.shape[0] // 2 :].mean() <= z[: z.shape[0] // 2].mean()
    return {"x": 1.0 if right else -1.0, "y": 1.35 if top else -1.35, "z": 0.75}


def _ground(surface: Surface) -> dict[str, Any]:
    return {
        "type": "surface",
        "x": surface.columns,
        "y": surface.rows,
        "z": as_float32(np.clip(surface.values, surface.z.lower, surface.z.upper)),
        "showscale": False,
        "hovertemplate": "%{x:.3g}, %{y:.3g}: %{z:.3g}<extra></extra>",
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
        **colours(surface, "c"),
    }


Thread = tuple[SurfacePath, np.ndarray, np.ndarray]


def _threads(threads: list[Thread], surface: Surface, step: int | None = None) -> list[dict[str, Any]]:
    """The paths up to a step, or to their ends, with a marker at the end of each."""
    traces: list[dict[str, Any]] = []
    for path, points, ends in threads:
        lift = LIFTS[path.dash] * (surface.z.upper - surface.z.lower)
        x, y, z = as_float32(points[: ends[-1 if step is None else min(step, len(ends) - 1)]]).T
        line = {"color": path.colour, "width": 6, "dash": SPACE_DASHES[path.dash]}
        marker = {"color": path.colour, "symbol": ENDS[path.dash], "size": 6, "line": {"color": "white", "width": 1}}
        base = {"type": "scatter3d", "hoverinfo": "skip"}
        traces += [
            base | {"mode": "lines", "name": path.label, "x": x, "y": y, "z": z + lift, "line": line},
            base
            | {"mode": "markers", "x": x[-1:], "y": y[-1:], "z": z[-1:] + 2 * lift, "marker": marker}
            | {"showlegend": False},
        ]
    return traces


def _draped(path: SurfacePath, surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """A path laid on the surface: a long step as a straight line would run through the hill.

    Returns its points (m, 3), with a height of NaN beyond the axes, and the number of points up to each position (n,).
    """
    cell = np.array([surface.columns[1] - surface.columns[0], surface.rows[1] - surface.rows[0]])
    positions = np.stack([path.x, path.y], axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        strides = np.nan_to_num(np.abs(np.diff(positions, axis=0)) / cell).max(axis=1, initial=0.0)
    pieces = np.clip(np.ceil(strides), 1, MOST_PIECES).astype(int)
    points, heights = [positions[:1]], [path.z[:1]]
    for k, n in enumerate(pieces):
        between = positions[k] + (positions[k + 1] - positions[k]) * (np.arange(1, n)[:, None] / n)
        points += [between, positions[k + 1 : k + 2]]
        heights += [_height(surface, between), path.z[k + 1 : k + 2]]
    x, y = np.concatenate(points).T
    inside = (x >= surface.x.lower) & (x <= surface.x.upper) & (y >= surface.y.lower) & (y <= surface.y.upper)
    z = np.where(inside, np.clip(np.concatenate(heights), surface.z.lower, surface.z.upper), np.nan)
    return np.stack([x, y, z], axis=1), np.cumsum([1, *pieces])


def _height(surface: Surface, points: np.ndarray) -> np.ndarray:
    """(n,) the surface's values at the grid points nearest to `points` (n, 2)."""
    column, row = (
        np.clip(np.rint((p - grid[0]) / (grid[1] - grid[0])), 0, len(grid) - 1).astype(int)
        for p, grid in zip(points.T, (surface.columns, surface.rows), strict=True)
    )
    return surface.values[row, column]


def _space_axis(axis: Axis, theme: str) -> dict[str, Any]:
    return {
        "title": {"text": axis.label, "font": {"size": FONT}},
        "range": [axis.lower, axis.upper],
        "gridcolor": GRID[theme],
        "zeroline": False,
        "showspikes": False,
        "backgroundcolor": "rgba(0,0,0,0)",
        **ticks(axis),
    }
