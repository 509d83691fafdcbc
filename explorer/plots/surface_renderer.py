"""Renders a surface record with plotly: as a map that can be clicked, and as a surface in space.

Both play: the paths are drawn step by step, by frames inside of the figure, on the reader's word only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from explorer.plots.palette import HEATMAPS
from explorer.plots.plotly_renderer import DASHES, FONT, GRID, HATCHES, INK, PAPER
from explorer.plots.record import Axis
from explorer.plots.surface import Surface, SurfacePath
from explorer.plots.ticks import decade_ticks
from explorer.words import say

CLICKS = 41  # places along each coordinate that a click can choose
MOST_FRAMES = 60
CONTOURS = 10
LIFT = 0.015  # of the height: so far above the surface its paths run
MOST_PIECES = 200  # of one step in space
FRAME_MS = {"map": 80, "space": 100}
SPACE_DASHES = {"dash": "dot", "solid": "solid"}  # in space a dash is as long as a path
ENDS = {"dash": "x", "solid": "diamond"}
TOP, BOTTOM = 34, 116  # room for the legend; for the axis, and for play and slider


def render_map(surface: Surface, theme: str = "light") -> go.Figure:
    """Seen from above; its first trace is the places that can be clicked, see `clicked`."""
    fixed = [_clicks(surface), *_crossed_out(surface), _heat(surface), _contours(surface), _home(surface)]
    moving = _lines(surface)
    start = [_start(surface)]
    layout = _layout(surface, theme) | {
        "xaxis": _flat_axis(surface.x, theme),
        "yaxis": _flat_axis(surface.y, theme),
        "dragmode": False,
        "hovermode": "closest",
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
    layout |= _player(surface, theme, "map")
    return go.Figure(data=[*fixed, *moving, *start], layout=layout, frames=frames, skip_invalid=False)


def render_space(surface: Surface, theme: str = "light") -> go.Figure:
    """The surface with the paths on it."""
    ground = _ground(surface)
    moving = [trace for path in surface.paths for trace in _thread(path, surface, len(path.x))]
    frames = [
        {
            "name": str(step),
            "data": [trace for path in surface.paths for trace in _thread(path, surface, step + 1)],
            "traces": [1 + number for number in range(len(moving))],
        }
        for step in frame_steps(surface)
    ]
    scene = {
        "xaxis": _space_axis(surface.x, theme),
        "yaxis": _space_axis(surface.y, theme),
        "zaxis": _space_axis(surface.z, theme),
        "aspectmode": "manual",
        "aspectratio": {"x": 1.1, "y": 1.1, "z": 0.7},
        "camera": {"eye": {"x": 1.0, "y": 1.35, "z": 0.75}, "center": {"x": 0, "y": 0, "z": -0.18}},
    }
    layout = _layout(surface, theme) | {"scene": scene} | _player(surface, theme, "space")
    return go.Figure(data=[ground, *moving], layout=layout, frames=frames, skip_invalid=False)


def clicked(surface: Surface, index: int) -> tuple[float, float]:
    """Where the place with this index on the map's first trace lies."""
    columns, rows = _click_grid(surface)
    return float(columns[index % len(columns)]), float(rows[index // len(columns)])


def frame_steps(surface: Surface) -> list[int]:
    """Which steps are drawn: all of a short path; of a long one evenly spread ones, and those around a jump."""
    last = max(len(path.x) for path in surface.paths) - 1
    steps = set(np.linspace(0, last, min(last, MOST_FRAMES) + 1).round().astype(int).tolist())
    for path in surface.paths:
        if len(path.x) > 1:
            longest = int(np.argmax(np.nan_to_num(np.hypot(np.diff(path.x), np.diff(path.y)))))
            steps |= {longest, longest + 1}
    return sorted(steps)


def _click_grid(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    return tuple(  # type: ignore[return-value]
        np.linspace(axis.lower, axis.upper, CLICKS) for axis in (surface.x, surface.y)
    )


def _clicks(surface: Surface) -> dict[str, Any]:
    """A heatmap cannot be clicked in Streamlit; points can, and these are not seen."""
    columns, rows = _click_grid(surface)
    x, y = np.tile(columns, len(rows)), np.repeat(rows, len(columns))
    nearest = surface.values[
        np.abs(surface.rows[:, None] - y).argmin(axis=0), np.abs(surface.columns[:, None] - x).argmin(axis=0)
    ]
    values = 10**nearest if surface.z.decades else nearest
    said = [
        f"{surface.z.label} {value:.4g}" if np.isfinite(value) else say("cliff_mark", "not_finite") for value in values
    ]
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "text": said,
        "marker": {"size": 9, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "hovertemplate": "%{x:.3g}, %{y:.3g}: %{text}<extra>" + say("cliff_mark", "click") + "</extra>",
        "showlegend": False,
    }


def _crossed_out(surface: Surface) -> list[dict[str, Any]]:
    """Crosses over the whole window; the heatmap covers them where there is a value."""
    if np.isfinite(surface.values).all():
        return []
    x, y = surface.x, surface.y
    pattern = {"shape": HATCHES["not_finite"], "fgcolor": "#8A8F98", "bgcolor": "rgba(138,143,152,0.06)", "size": 9}
    return [
        {
            "type": "scatter",
            "mode": "none",
            "x": [x.lower, x.upper, x.upper, x.lower],
            "y": [y.lower, y.lower, y.upper, y.upper],
            "fill": "toself",
            "fillcolor": "rgba(138,143,152,0.10)",
            "fillpattern": pattern | {"solidity": 0.15},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _heat(surface: Surface) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "x": surface.columns,
        "y": surface.rows,
        "z": surface.values.astype(np.float32),
        "hoverinfo": "skip",
        "hoverongaps": False,
        "colorbar": {
            "thickness": 10,
            "outlinewidth": 0,
            "xpad": 6,
            "title": {"text": surface.z.label},
            **_ticks(surface.z),
        },
        **_colours(surface, "z"),
    }


def _contours(surface: Surface) -> dict[str, Any]:
    """Lines of equal loss: where they lie close together there is a wall."""
    step = (surface.z.upper - surface.z.lower) / CONTOURS
    return {
        "type": "contour",
        "x": surface.columns,
        "y": surface.rows,
        "z": surface.values.astype(np.float32),
        "contours": {
            "coloring": "none",
            "start": surface.z.lower + step / 2,
            "end": surface.z.upper,
            "size": step,
        },
        "line": {"color": "rgba(20,23,28,0.35)", "width": 1},
        "hoverinfo": "skip",
        "showscale": False,
        "showlegend": False,
    }


def _ground(surface: Surface) -> dict[str, Any]:
    return {
        "type": "surface",
        "x": surface.columns,
        "y": surface.rows,
        "z": np.clip(surface.values, surface.z.lower, surface.z.upper).astype(np.float32),
        "showscale": False,
        "hovertemplate": "%{x:.3g}, %{y:.3g}: %{z:.3g}<extra></extra>",
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
        **_colours(surface, "c"),
    }


def _colours(surface: Surface, prefix: str) -> dict[str, Any]:
    scale = [list(stop) for stop in HEATMAPS["loss"]]
    return {f"{prefix}min": surface.z.lower, f"{prefix}max": surface.z.upper, "colorscale": scale}


def _lines(surface: Surface, step: int | None = None) -> list[dict[str, Any]]:
    """The paths up to a step, or to their ends; the dashed one above, so that both are seen where they are the same."""
    above = sorted(surface.paths, key=lambda path: path.dash != "solid")
    layers = [[make(path, step) for path in above] for make in (_seam, _line, _head)]
    return [trace for layer in layers for trace in layer]


def _seam(path: SurfacePath, step: int | None) -> dict[str, Any]:
    """A light edge, with which a path stands out on every colour."""
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
    """Where it has led."""
    edge = {"color": "white", "width": 2}
    marker = {"symbol": ENDS[path.dash], "size": 11, "color": path.colour, "line": edge}
    flat = _flat(path, step)
    return flat | {"mode": "markers", "x": flat["x"][-1:], "y": flat["y"][-1:], "marker": marker}


def _flat(path: SurfacePath, step: int | None) -> dict[str, Any]:
    count = len(path.x) if step is None else step + 1
    return {"type": "scatter", "x": path.x[:count], "y": path.y[:count], "hoverinfo": "skip", "showlegend": False}


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


def _thread(path: SurfacePath, surface: Surface, count: int) -> list[dict[str, Any]]:
    """The first `count` positions in space, and where they have led."""
    x, y, z = _draped(path, surface, count)
    line: dict[str, Any] = {
        "type": "scatter3d",
        "mode": "lines",
        "name": path.label,
        "x": x,
        "y": y,
        "z": z,
        "line": {"color": path.colour, "width": 6, "dash": SPACE_DASHES[path.dash]},
        "hoverinfo": "skip",
        "showlegend": True,
    }
    head = {
        "type": "scatter3d",
        "mode": "markers",
        "x": x[-1:],
        "y": y[-1:],
        "z": z[-1:] + LIFT * (surface.z.upper - surface.z.lower),
        "marker": {"color": path.colour, "symbol": ENDS[path.dash], "size": 6, "line": {"color": "white", "width": 1}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [line, head]


def _draped(path: SurfacePath, surface: Surface, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A path a hair above the surface, and laid on it where a step is long: a straight line would run inside of the
    hill. What leaves the axes is left out."""
    cell = np.array([surface.columns[1] - surface.columns[0], surface.rows[1] - surface.rows[0]])
    at = np.stack([path.x, path.y], axis=1)[:count]
    with np.errstate(invalid="ignore", over="ignore"):
        strides = np.nan_to_num(np.abs(np.diff(at, axis=0)) / cell).max(axis=1, initial=0.0)
    pieces = np.clip(np.ceil(strides), 1, MOST_PIECES).astype(int)
    points, heights = [at[:1]], [path.z[:1]]
    for k, n in enumerate(pieces):
        between = at[k] + (at[k + 1] - at[k]) * (np.arange(1, n)[:, None] / n)
        points += [between, at[k + 1 : k + 2]]
        heights += [_height(surface, between), path.z[k + 1 : k + 2]]
    x, y = np.concatenate(points).T
    inside = (x >= surface.x.lower) & (x <= surface.x.upper) & (y >= surface.y.lower) & (y <= surface.y.upper)
    z = np.clip(np.concatenate(heights), surface.z.lower, surface.z.upper)
    return x, y, np.where(inside, z + LIFT * (surface.z.upper - surface.z.lower), np.nan)


def _height(surface: Surface, points: np.ndarray) -> np.ndarray:
    """The surface at the nearest place of the grid."""
    column, row = (
        np.clip(np.rint((p - grid[0]) / (grid[1] - grid[0])), 0, len(grid) - 1).astype(int)
        for p, grid in zip(points.T, (surface.columns, surface.rows), strict=True)
    )
    return surface.values[row, column]


def _ticks(axis: Axis) -> dict[str, Any]:
    if not axis.decades:
        return {"nticks": 6}
    positions, labels = decade_ticks(axis.lower, axis.upper)
    return {"tickvals": positions, "ticktext": labels}


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


def _space_axis(axis: Axis, theme: str) -> dict[str, Any]:
    return {
        "title": {"text": axis.label, "font": {"size": FONT}},
        "range": [axis.lower, axis.upper],
        "gridcolor": GRID[theme],
        "zeroline": False,
        "showspikes": False,
        "backgroundcolor": "rgba(0,0,0,0)",
        **_ticks(axis),
    }


def _layout(surface: Surface, theme: str) -> dict[str, Any]:
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


def _player(surface: Surface, theme: str, kind: str) -> dict[str, Any]:
    """Play, pause and a slider below the figure; nothing plays by itself."""
    steps = frame_steps(surface)
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    frame = {"duration": FRAME_MS[kind], "redraw": True}  # without, plotly wipes the map away
    buttons = [
        {"label": say("cliff_mark", "play"), "method": "animate", "args": [None, {**at_once, "frame": frame}]},
        {
            "label": say("cliff_mark", "pause"),
            "method": "animate",
            "args": [[None], {**at_once, "frame": {"duration": 0, "redraw": True}}],
        },
    ]
    marks = [
        {
            "label": str(step),
            "method": "animate",
            "args": [[str(step)], {**at_once, "frame": {"duration": 0, "redraw": True}}],
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
                "pad": {"t": 52, "r": 6},
                "buttons": buttons,
                **button_look,
            }
        ],
        "sliders": [
            {
                "active": len(steps) - 1,
                "steps": marks,
                "x": 0.38,
                "len": 0.62,
                "y": 0,
                "yanchor": "top",
                "pad": {"t": 42},
                "currentvalue": {
                    "prefix": say("cliff_mark", "step"),
                    "font": {"size": FONT, "color": INK[theme]},
                    "xanchor": "left",
                },
                "font": {"color": "rgba(0,0,0,0)", "size": 1},
                "ticklen": 0,
                "minorticklen": 0,
                "bgcolor": GRID[theme],
                "bordercolor": GRID[theme],
            }
        ],
    }
