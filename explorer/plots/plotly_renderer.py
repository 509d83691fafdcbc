"""Renders a figure record with plotly, for the page, exports and notebooks."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io

from explorer.plots.palette import HEATMAPS
from explorer.plots.record import (
    SYMBOLS,
    Area,
    Figure,
    Heatmap,
    Level,
    Panel,
    Region,
    Series,
    levels_within,
    regions_within,
)
from explorer.plots.ticks import count_ticks, decade_ticks, round_ticks, step_ticks

MARGIN = {"l": 62, "r": 16, "t": 12, "b": 44}
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
BAR_ROOM = 44  # right of figures with a colour bar, and of those beside them, so that their time axes agree
FLOAT32 = 3e38
LEGEND_ROOM = 26
GAP = 0.05
FONT = 13
INK = {"light": "#2B2F36", "dark": "#E4E6EA"}
PAPER = {"light": "#FFFFFF", "dark": "#14171C"}
GRID = {"light": "rgba(60,66,76,0.14)", "dark": "rgba(220,224,230,0.16)"}
SHADES = {"cool": "rgba(86,180,233,0.13)", "warm": "rgba(213,94,0,0.12)", "neutral": "rgba(138,143,152,0.05)"}
HATCHES = {"zero": "/", "not_finite": "x"}
HATCHED = {"fgcolor": "#8A8F98", "bgcolor": "rgba(138,143,152,0.06)", "size": 9, "solidity": 0.15}
OUTLINE = "#CC79A7"  # stands out on the scale from dark blue to yellow
CUT = {"light": "rgba(255,255,255,0.62)", "dark": "rgba(20,23,28,0.66)"}
DASHES = {
    "solid": "solid",
    "dash": "7px,4px",
    "dot": "2px,4px",
    "dashdot": "8px,3px,2px,3px",
    "longdash": "14px,5px",
    "longdashdot": "14px,4px,2px,4px",
    "sparse": "2px,8px",
}


def render(figure: Figure, theme: str = "light") -> go.Figure:
    """A plotly figure of fixed height; `theme` is ``light`` or ``dark``."""
    traces: list[Any] = []
    layout: dict[str, Any] = {"shapes": [], "annotations": []}
    for number, (panel, domain) in enumerate(zip(figure.panels, _domains(figure), strict=True), start=1):
        suffix = "" if number == 1 else str(number)
        last = number == len(figure.panels)
        layout[f"xaxis{suffix}"] = _x_axis(figure, last, suffix, theme)
        layout[f"yaxis{suffix}"] = _y_axis(panel, domain, theme, figure.height) | _ticks_by_plotly(figure)
        traces += _panel_traces(panel, suffix, figure, theme, first=number == 1)
        layout["shapes"] += [_level_shape(level, suffix, theme) for level in levels_within(panel)]
        layout["annotations"] += _annotations(panel, figure, domain, suffix, theme)
    top = LEGEND_ROOM if figure.legend or any(p.title for p in figure.panels) else 0
    layout |= {
        "height": figure.height,
        "margin": {**MARGIN, "t": MARGIN["t"] + top, "r": MARGIN["r"] + (0 if figure.wide else BAR_ROOM)},
        "font": {"size": FONT, "color": INK[theme]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": figure.legend,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "font": {"size": FONT}},
        "hovermode": "x unified" if figure.legend else "closest",
        "template": "none",
    }
    return go.Figure(data=traces, layout=layout, skip_invalid=False)


def standalone(figure: Figure, theme: str = "light") -> go.Figure:
    """The same for a file of its own: with background, title and caption."""
    drawn = render(figure, theme)
    drawn.update_layout(
        paper_bgcolor=PAPER[theme], title={"text": figure.title, "x": 0, "xref": "paper"}, height=figure.height + 60
    )
    drawn.update_layout(margin={**MARGIN, "t": 80})
    return drawn


def as_fragment(figure: Figure, with_library: bool) -> str:
    """HTML of one figure for a larger page; the first brings plotly's own script along, so that it works offline."""
    config = {**CONFIG, "responsive": True, "toImageButtonOptions": {"format": "svg", "filename": figure.name}}
    return str(plotly.io.to_html(standalone(figure), full_html=False, include_plotlyjs=with_library, config=config))


def _domains(figure: Figure) -> list[tuple[float, float]]:
    """From top to bottom, by share."""
    gap = GAP + (0.04 if any(p.title for p in figure.panels) else 0.0)
    room = 1.0 - gap * (len(figure.panels) - 1)
    total, top, domains = sum(p.share for p in figure.panels), 1.0, []
    for panel in figure.panels:
        height = room * panel.share / total
        domains.append((max(0.0, top - height), top))
        top -= height + gap
    return domains


def _x_axis(figure: Figure, last: bool, suffix: str, theme: str) -> dict[str, Any]:
    axis = {
        "range": [figure.x.lower - 0.5, figure.x.upper + 0.5],
        "anchor": f"y{suffix}",
        "showgrid": False,
        "zeroline": False,
        "showticklabels": last,
        "ticks": "outside" if last else "",
        "tickcolor": GRID[theme],
        "linecolor": GRID[theme],
        "showline": True,
        "tickformat": ",d",
        "title": {"text": figure.x.label if last else "", "standoff": 4, "font": {"size": FONT}},
    }
    if figure.plane:
        axis |= {"range": [figure.x.lower, figure.x.upper], "tickformat": "", "constrain": "domain"}
    if figure.x.decades:
        axis |= {"type": "log", "range": [figure.x.lower, figure.x.upper]}
        axis["tickvals"], axis["ticktext"] = count_ticks(figure.x.lower, figure.x.upper)
    if suffix:
        axis["matches"] = "x"
    return axis


def _ticks_by_plotly(figure: Figure) -> dict[str, Any]:
    """What an axis needs whose ends are no round numbers."""
    same_scale = {"scaleanchor": "x", "scaleratio": 1, "constrain": "domain"}
    return (same_scale if figure.plane else {}) | ({"tickvals": None} if figure.plane or figure.x.decades else {})


def _y_axis(panel: Panel, domain: tuple[float, float], theme: str, height: int) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "domain": list(domain),
        "range": [panel.y.lower, panel.y.upper],
        "gridcolor": GRID[theme],
        "showgrid": panel.heatmap is None,
        "zeroline": False,
        "title": {"text": panel.y.label, "standoff": 4, "font": {"size": FONT}},
        "fixedrange": panel.heatmap is not None,
    }
    if panel.y.decades:
        axis["tickvals"], axis["ticktext"] = decade_ticks(panel.y.lower, panel.y.upper)
    elif panel.heatmap is not None and panel.heatmap.row_edges is not None:
        axis["tickformat"] = ",d"
        axis["tickvals"] = step_ticks(int(panel.y.lower + 0.5), int(panel.y.upper - 0.5))
        axis["range"] = [panel.y.upper, panel.y.lower]  # the first step on top
    elif panel.heatmap is not None:
        rows = len(panel.heatmap.values)
        axis["tickvals"] = sorted({1, rows}) if panel.y.label else []
        axis["range"] = [panel.y.upper, panel.y.lower]  # unit 1 on top
    else:
        axis["tickvals"] = round_ticks(
            panel.y.lower, panel.y.upper, max(2, round((domain[1] - domain[0]) * height / 60))
        )
    return axis


def _panel_traces(panel: Panel, suffix: str, figure: Figure, theme: str, first: bool) -> list[Any]:
    """The `first` panel has the colour bar and the legend, which names what all of them show."""
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
    """Where a heatmap's cells end, what they are called, and the colour bar's unit; nothing where rows are units."""
    heatmap = panel.heatmap
    if heatmap is None or heatmap.row_edges is None or heatmap.column_edges is None:
        return {}
    positions, labels = decade_ticks(heatmap.lower, heatmap.upper)
    bar = {"thickness": 12, "outlinewidth": 0, "xpad": 6, "ypad": 0, "tickvals": positions, "ticktext": labels}
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
    if area.look in HATCHES:
        return trace | {"fillpattern": {"shape": HATCHES[area.look], **HATCHED}, "fillcolor": HATCHED["bgcolor"]}
    return trace | {"fillcolor": CUT[theme], "line": {"width": 2, "color": OUTLINE, "dash": DASHES["dash"]}}


def _points_trace(series: Series, axes: dict[str, str], decades: bool, legend: bool) -> dict[str, Any]:
    """Single points; on a plane the two coordinates are said, elsewhere the value."""
    hollow = series.symbol != SYMBOLS[0]  # so that what lies below another shape is still seen
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
        "marker": {"color": series.colour, "size": 8},
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
    """A lower edge at −∞ lies beyond the axis; where the upper one is not finite there is no band."""
    assert series.low is not None and series.high is not None
    there = np.isfinite(series.high)
    below = 2 * panel.y.lower - panel.y.upper
    steps, low = series.steps[there], np.maximum(series.low[there], below)
    return {
        "type": "scatter",
        "x": np.concatenate([steps, steps[::-1]]),
        "y": np.concatenate([series.high[there], low[::-1]]),
        "fill": "toself",
        "fillcolor": _translucent(series.colour, 0.25),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        **axes,
    }


def _heatmap_trace(heatmap: Heatmap, axes: dict[str, str], bar: bool) -> dict[str, Any]:
    values = np.where(np.isneginf(heatmap.values), np.nan, heatmap.values)  # an exact zero is hatched, and no colour
    return {
        "type": "heatmap",
        "z": np.clip(values, -FLOAT32, FLOAT32).astype(np.float32),  # half the bytes on their way
        "x0": heatmap.first_step,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "zmin": heatmap.lower,
        "zmax": heatmap.upper,
        "colorscale": [list(stop) for stop in HEATMAPS[heatmap.palette]],
        "showscale": bar,
        "colorbar": {
            "thickness": 10,
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
    """A filled rectangle; as a trace, because shapes cannot be hatched."""
    left, right = figure.x.lower - 0.5, figure.x.upper + 0.5
    bottom, top = panel.y.lower, panel.y.upper
    if region.of == "x":
        left, right = region.lower - 0.5, region.upper + 0.5
    else:
        bottom, top = region.lower, region.upper
    trace = {
        "type": "scatter",
        "mode": "none",
        "x": [left, right, right, left],
        "y": [bottom, bottom, top, top],
        "fill": "toself",
        "fillcolor": SHADES.get(region.look, "rgba(138,143,152,0.10)"),
        "hoverinfo": "skip",
        "showlegend": False,
        **axes,
    }
    if region.look in HATCHES:
        trace["fillpattern"] = {"shape": HATCHES[region.look], **HATCHED}
    return trace


def _level_shape(level: Level, suffix: str, theme: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": f"y{suffix}",
        "y0": level.value,
        "y1": level.value,
        "line": {"color": INK[theme], "width": 1, "dash": DASHES[level.dash]},
    }


def _annotations(
    panel: Panel, figure: Figure, domain: tuple[float, float], suffix: str, theme: str
) -> list[dict[str, Any]]:
    base = {"showarrow": False, "font": {"size": FONT - 1, "color": INK[theme]}}
    labels: list[dict[str, Any]] = []
    if panel.title:
        labels.append(
            base
            | {
                "text": panel.title,
                "xref": "paper",
                "x": 0,
                "yref": "paper",
                "y": domain[1],
                "yanchor": "bottom",
                "xanchor": "left",
            }
        )
    for region in regions_within(panel):
        if region.of == "x":
            at = {"xref": f"x{suffix}", "x": (region.lower + region.upper) / 2, "yref": "paper", "y": sum(domain) / 2}
            labels.append(base | at | {"text": region.label, "bgcolor": PAPER[theme]})
        elif region.upper - region.lower > 0.07 * (panel.y.upper - panel.y.lower):
            at_top = region.look != "cool"
            side = {"xref": "paper", "x": 0.004, "xanchor": "left"}
            if region.look != "neutral":  # the outer bands are named where a curve that starts in them does not run
                side = {"xref": "paper", "x": 0.996, "xanchor": "right"}
            edge = {
                "yref": f"y{suffix}",
                "y": region.upper if at_top else region.lower,
                "yanchor": "top" if at_top else "bottom",
            }
            labels.append(base | side | edge | {"text": region.label})
    for level in levels_within(panel):
        at = {"xref": "paper", "x": 0.004 if level.side == "left" else 0.996, "xanchor": level.side}
        at |= {"yref": f"y{suffix}", "y": level.value, "yanchor": "top" if level.below else "bottom"}
        labels.append(base | at | {"text": level.label})
    return labels


def _translucent(colour: str, alpha: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"
