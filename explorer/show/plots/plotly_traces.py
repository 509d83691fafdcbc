"""The plotly traces of one panel of a figure: its curves, bands, points, heatmap, areas and shaded stretches."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.show.plots.look import LOOK
from explorer.show.plots.palette import HEATMAPS, translucent
from explorer.show.plots.plotly_look import CUT, DASHES, FLOAT32, FONT, OUTLINE, filled
from explorer.show.plots.record import SYMBOLS, Area, Figure, Heatmap, Panel, Region, Series, regions_within
from explorer.show.plots.ticks import decade_ticks


def panel_traces(panel: Panel, suffix: str, figure: Figure, theme: str, first: bool) -> list[Any]:
    """The traces of a panel. The `first` panel has the colour bar and the legend, which is for all panels."""
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    traces: list[Any] = [_region_trace(region, panel, figure, axes) for region in regions_within(panel)]
    if panel.heatmap is not None:
        traces.append(_heatmap_trace(panel.heatmap, axes, first) | _edges(panel, figure))
    traces += [_area_trace(area, axes, theme) for area in panel.areas]
    for series in panel.series:
        if series.low is not None and series.high is not None:
            traces.append(_band_trace(series, panel, axes))
        legend = figure.legend and first
        points = bool(series.symbol)
        traces.append((_points_trace if points else _line_trace)(series, axes, panel.y.decades, legend))
        if figure.plane and not points:
            traces[-1] |= {"hoverinfo": "skip", "hovertemplate": None}
    return traces


def _edges(panel: Panel, figure: Figure) -> dict[str, Any]:
    """The edges and hover text of a heatmap's cells and the unit of its colour bar; empty if rows are units."""
    heatmap = panel.heatmap
    if heatmap is None or heatmap.row_edges is None or heatmap.column_edges is None:
        return {}
    positions, labels = decade_ticks(heatmap.lower, heatmap.upper)
    bar = {
        "thickness": LOOK.sizes.bar,
        "outlinewidth": 0,
        "xpad": 6,
        "ypad": 0,
        "tickvals": positions,
        "ticktext": labels,
    }
    return {
        "x": heatmap.column_edges,
        "y": heatmap.row_edges,
        "x0": None,
        "dx": None,
        "y0": None,
        "dy": None,
        "colorbar": bar | {"title": {"text": heatmap.unit, "side": "right", "font": {"size": FONT}}},
        "hovertemplate": f"{figure.x.label} %{{x:.0f}}, {panel.y.label} %{{y:.0f}}: 10^%{{z:.2f}}<extra></extra>",
    }


def _area_trace(area: Area, axes: dict[str, str], theme: str) -> dict[str, Any]:
    trace = {
        "type": "scatter",
        "mode": "lines",
        "name": area.label,
        "x": area.x,
        "y": area.y,
        "fill": "toself",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": bool(area.label),
        **axes,
    }
    if area.look in LOOK.regions:
        return trace | filled(area.look)
    return trace | {"fillcolor": CUT[theme], "line": {"width": 2, "color": OUTLINE, "dash": DASHES["dash"]}}


def _points_trace(series: Series, axes: dict[str, str], decades: bool, legend: bool) -> dict[str, Any]:
    """Single points; the hover text gives both coordinates."""
    hollow = series.symbol != SYMBOLS[0]  # a point below another shape stays visible
    return {
        "type": "scatter",
        "mode": "markers",
        "name": series.label,
        "x": series.steps,
        "y": series.values,
        "marker": {
            "color": series.colour,
            "symbol": series.symbol + ("-open" if hollow else ""),
            "size": 7 if not hollow else 9,
            "line": {"width": 2 if hollow else 0, "color": series.colour},
        },
        "cliponaxis": False,
        "showlegend": legend,
        "hovertemplate": "%{x:.3f}, %{y:.3f}",
        **axes,
    }


def _line_trace(series: Series, axes: dict[str, str], decades: bool, legend: bool) -> dict[str, Any]:
    trace = {
        "type": "scatter",
        "mode": "lines" if np.isfinite(series.values).sum() > 1 else "markers",
        "name": series.label,
        "x": series.steps,
        "y": np.where(np.isfinite(series.values), series.values, np.nan),
        "line": {"color": series.colour, "dash": DASHES[series.dash], "width": series.width},
        "marker": {"color": series.colour, "size": 2 * LOOK.sizes.dot},
        "cliponaxis": len(series.steps) == 2,  # a lone point at the last step must not be cut in half
        "showlegend": legend,
        "hovertemplate": "10^%{y:.2f}" if decades else "%{y:.3f}",
        **axes,
    }
    if len(series.steps) == 2:
        trace["hoverinfo"] = "skip"
        del trace["hovertemplate"]
    return trace


def _band_trace(series: Series, panel: Panel, axes: dict[str, str]) -> dict[str, Any]:
    """A band: a lower edge at −∞ ends below the axis; where the upper edge is not finite there is no band."""
    assert series.low is not None and series.high is not None
    finite = np.isfinite(series.high)
    floor = 2 * panel.y.lower - panel.y.upper
    steps, low = series.steps[finite], np.maximum(series.low[finite], floor)
    return {
        "type": "scatter",
        "x": np.concatenate([steps, steps[::-1]]),
        "y": np.concatenate([series.high[finite], low[::-1]]),
        "fill": "toself",
        "fillcolor": translucent(series.colour, LOOK.alphas.band),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        **axes,
    }


def _heatmap_trace(heatmap: Heatmap, axes: dict[str, str], bar: bool) -> dict[str, Any]:
    values = np.where(np.isneginf(heatmap.values), np.nan, heatmap.values)  # an exact zero is hatched and has no colour
    return {
        "type": "heatmap",
        "z": np.clip(values, -FLOAT32, FLOAT32).astype(np.float32),  # float32 sends half the bytes
        "x0": heatmap.first_step,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "zmin": heatmap.lower,
        "zmax": heatmap.upper,
        "colorscale": [list(stop) for stop in HEATMAPS[heatmap.palette]],
        "showscale": bar,
        "colorbar": {
            "thickness": LOOK.sizes.bar,
            "outlinewidth": 0,
            "xpad": 6,
            "ypad": 0,
            "len": 1.0,
            "tickvals": [heatmap.lower, (heatmap.lower + heatmap.upper) / 2, heatmap.upper],
        },
        "hovertemplate": "step %{x}, unit %{y}: %{z:.3f}<extra></extra>",
        "hoverongaps": False,
        **axes,
    }


def _region_trace(region: Region, panel: Panel, figure: Figure, axes: dict[str, str]) -> dict[str, Any]:
    """A filled rectangle, drawn as a trace because plotly's shapes cannot be hatched."""
    left, right = figure.x.lower - 0.5, figure.x.upper + 0.5
    bottom, top = panel.y.lower, panel.y.upper
    if region.of == "x":
        left, right = region.lower - 0.5, region.upper + 0.5
    else:
        bottom, top = region.lower, region.upper
    return {
        "type": "scatter",
        "mode": "none",
        "x": [left, right, right, left],
        "y": [bottom, bottom, top, top],
        "fill": "toself",
        "hoverinfo": "skip",
        "showlegend": False,
        **filled(region.look),
        **axes,
    }
