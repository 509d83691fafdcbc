"""Renders a figure record with plotly, for the page, exports and notebooks."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import plotly.io

from explorer.show.plots.look import LOOK
from explorer.show.plots.plotly_look import DASHES, FONT, GRID, INK, LABEL, PAPER
from explorer.show.plots.plotly_traces import panel_traces
from explorer.show.plots.record import (
    Figure,
    Level,
    Panel,
    levels_within,
    regions_within,
)
from explorer.show.plots.ticks import count_ticks, decade_ticks, round_ticks, step_ticks

MARGIN = {"l": LOOK.sizes.left, "r": LOOK.sizes.right, "t": 12, "b": 44}
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
LEGEND_ROOM = 26
GAP = 0.05


def render(figure: Figure, theme: str = "light") -> go.Figure:
    """A plotly figure of fixed height; `theme` is ``light`` or ``dark``."""
    traces: list[Any] = []
    layout: dict[str, Any] = {"shapes": [], "annotations": []}
    for number, (panel, domain) in enumerate(zip(figure.panels, _domains(figure), strict=True), start=1):
        suffix = "" if number == 1 else str(number)
        last = number == len(figure.panels)
        layout[f"xaxis{suffix}"] = _x_axis(figure, last, suffix, theme)
        layout[f"yaxis{suffix}"] = _y_axis(panel, domain, theme, figure.height) | _free_ticks(figure)
        traces += panel_traces(panel, suffix, figure, theme, first=number == 1)
        layout["shapes"] += [_level_shape(level, suffix, theme) for level in levels_within(panel)]
        layout["annotations"] += _annotations(panel, figure, domain, suffix, theme)
    top = LEGEND_ROOM if figure.legend or any(p.title for p in figure.panels) else 0
    layout |= {
        "height": figure.height,
        "margin": {**MARGIN, "t": MARGIN["t"] + top, "r": MARGIN["r"] + (0 if figure.wide else LOOK.sizes.bar_room)},
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
    """The plotly figure for a file of its own: with background and title."""
    rendered = render(figure, theme)
    rendered.update_layout(
        paper_bgcolor=PAPER[theme], title={"text": figure.title, "x": 0, "xref": "paper"}, height=figure.height + 60
    )
    rendered.update_layout(margin={**MARGIN, "t": 80})
    return rendered


def as_fragment(figure: Figure, with_library: bool) -> str:
    """HTML of one figure for a larger page; `with_library` includes plotly's script, so that the page works offline."""
    config = {**CONFIG, "responsive": True, "toImageButtonOptions": {"format": "svg", "filename": figure.name}}
    return str(plotly.io.to_html(standalone(figure), full_html=False, include_plotlyjs=with_library, config=config))


def _domains(figure: Figure) -> list[tuple[float, float]]:
    """(bottom, top) of each panel as a part of the height, from top to bottom, by the panels' shares."""
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


def _free_ticks(figure: Figure) -> dict[str, Any]:
    """Properties of a y axis whose ends are not round (of a plane, beside a log x axis): plotly chooses the ticks."""
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


def _level_shape(level: Level, suffix: str, theme: str) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": f"y{suffix}",
        "y0": level.value,
        "y1": level.value,
        "line": {"color": INK[theme], "width": LOOK.sizes.level, "dash": DASHES[level.dash]},
    }


def _annotations(
    panel: Panel, figure: Figure, domain: tuple[float, float], suffix: str, theme: str
) -> list[dict[str, Any]]:
    base = {"showarrow": False, "font": {"size": LABEL, "color": INK[theme]}}
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
        elif region.upper - region.lower > LOOK.least_named * (panel.y.upper - panel.y.lower):
            look = LOOK.regions[region.look]
            y = region.upper if look.edge == "top" else region.lower
            at = _at_side(look.side) | {"yref": f"y{suffix}", "y": y, "yanchor": look.edge}
            labels.append(base | at | {"text": region.label})
    for level in levels_within(panel):
        at = _at_side(level.side) | {
            "yref": f"y{suffix}",
            "y": level.value,
            "yanchor": "top" if level.below else "bottom",
        }
        labels.append(base | at | {"text": level.label})
    return labels


def _at_side(side: str) -> dict[str, Any]:
    """The place of a label just inside the left or right end of the panels."""
    return {"xref": "paper", "x": 0.004 if side == "left" else 0.996, "xanchor": side}
