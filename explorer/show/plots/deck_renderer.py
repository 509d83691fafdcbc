"""Renders figure records for the deck: a block of bytes with a JSON header and the arrays that it refers to.

The block is the header's length (8 bytes, little endian), the header, and the arrays. Header and arrays begin at
multiples of 8, so that the browser reads the arrays in place. The header describes an array by its offset after the
header, its length, and its kind: ``f8``, ``f4``, or ``u1`` for bytes that are colours (`look.ColourTable`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from explorer.show.plots.look import LOOK
from explorer.show.plots.record import (
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
from explorer.show.plots.ticks import decade_ticks, step_ticks

STEPS_OF_COLOUR = LOOK.colour_table.steps
NO_VALUE = LOOK.colour_table.no_value
MOST_TICKS, FEW_TICKS = 8, 4  # on the decade axis of a single panel, and of each of several panels


class Block:
    """Collects arrays while the header is built; equal arrays are sent once.

    Args:
        library: digests of arrays that the browser has from another block; the header names them, they are not sent.
    """

    def __init__(self, library: Iterable[str] = ()) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._known: dict[str, dict[str, Any]] = {digest: {"known": digest} for digest in library}

    def array(self, values: np.ndarray, kind: str) -> dict[str, Any]:
        """Add `values` as `kind` (``f8``, ``f4`` or ``u1``); returns their entry in the header."""
        part = np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
        digest = hashlib.blake2b(part, digest_size=12, salt=kind.encode()).hexdigest()
        if digest not in self._known:
            self._known[digest] = {"at": self._size, "n": values.size, "kind": kind}
            padded = part + bytes(-len(part) % 8)
            self._parts.append(padded)
            self._size += len(padded)
        return self._known[digest]

    @property
    def arrays(self) -> dict[str, dict[str, Any]]:
        """Digest → header entry of all arrays so far, for a block that serves as a library."""
        return dict(self._known)

    def bytes(self, header: dict[str, Any]) -> bytes:
        """The whole block: length, `header` and arrays."""
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 8)
        return b"".join([len(text).to_bytes(8, "little"), text, *self._parts])


def render(figure: Figure, block: Block, compact: bool = False) -> dict[str, Any]:
    """The header entry of one figure; its arrays go to `block`.

    Args:
        compact: whether heatmaps are sent as ``u1``, for many frames at once.
    """
    lead, rest = figure.caption_parts
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": lead,
        "more": rest,
        "alternative": figure.alternative,
        "x": {"label": figure.x.label, "lower": figure.x.lower, "upper": figure.x.upper},
        "height": figure.height,
        "legend": figure.legend,
        "wide": figure.wide,
        "panels": [_panel(panel, block, compact, len(figure.panels)) for panel in figure.panels],
    }


def _panel(panel: Panel, block: Block, compact: bool, panel_count: int) -> dict[str, Any]:
    return {
        "title": panel.title,
        "mark": panel.mark,
        "share": panel.share,
        "y": _y_axis(panel, MOST_TICKS if panel_count == 1 else FEW_TICKS),
        "series": [_series(series, block, panel.y.decades) for series in panel.series],
        "heatmap": None if panel.heatmap is None else _heatmap(panel.heatmap, block, compact),
        "regions": [_region(region) for region in regions_within(panel)],
        "levels": [_level(level) for level in levels_within(panel)],
        "areas": [_area(area, block) for area in panel.areas],
    }


def _y_axis(panel: Panel, most_ticks: int) -> dict[str, Any]:
    y, heatmap = panel.y, panel.heatmap
    if y.decades:
        places, labels = decade_ticks(y.lower, y.upper, most_ticks)
        ticks: list[tuple[float, str]] = list(zip(places, labels, strict=True))
    elif heatmap is not None and heatmap.row_edges is not None:
        ticks = [(step, str(step)) for step in step_ticks(int(y.lower + 0.5), int(y.upper - 0.5))]
    elif heatmap is not None:
        rows = round(y.upper - y.lower)
        ticks = [(row, str(row)) for row in sorted({1, rows})] if y.label else []
    else:
        ticks = [(place, f"{place:g}".replace("-", "−")) for place in (y.lower, (y.lower + y.upper) / 2, y.upper)]
    return {"label": y.label, "lower": y.lower, "upper": y.upper, "decades": y.decades, "ticks": ticks}


def _series(series: Series, block: Block, decades: bool) -> dict[str, Any]:
    kind = "f8" if decades else "f4"  # the log10 of 1e-900 needs every digit
    entry = {
        "label": series.label,
        "colour": series.colour,
        "dash": series.dash,
        "width": series.width,
        "values": block.array(series.values, kind),
    }
    if len(series.values) and len(series.values) == series.steps[-1]:
        entry["steps"] = None  # None means 1…n
    else:
        entry["steps"] = [int(step) for step in series.steps]
    if series.low is not None and series.high is not None:
        entry |= {"low": block.array(series.low, kind), "high": block.array(series.high, kind)}
    return entry


def _heatmap(heatmap: Heatmap, block: Block, compact: bool) -> dict[str, Any]:
    values = _colour_steps(heatmap) if compact else heatmap.values
    rows, columns = heatmap.values.shape
    return {
        "values": block.array(values, "u1" if compact else _float_kind(values)),
        "rows": rows,
        "columns": columns,
        "first": heatmap.first_step,
        "lower": heatmap.lower,
        "upper": heatmap.upper,
        "palette": heatmap.palette,
        "unit": heatmap.unit,
        "rowEdges": None if heatmap.row_edges is None else heatmap.row_edges.tolist(),
        "columnEdges": None if heatmap.column_edges is None else heatmap.column_edges.tolist(),
    }


def _float_kind(values: np.ndarray) -> str:
    """``f4`` has enough digits for a colour, but too small a range for states on their way to an overflow."""
    finite = np.abs(values[np.isfinite(values)])
    return "f8" if finite.max(initial=0.0) > np.finfo(np.float32).max else "f4"


def _colour_steps(heatmap: Heatmap) -> np.ndarray:
    share = (heatmap.values - heatmap.lower) / (heatmap.upper - heatmap.lower)
    steps = np.rint(np.clip(share, 0.0, 1.0) * STEPS_OF_COLOUR)
    return np.where(np.isnan(steps), NO_VALUE, steps).astype(np.uint8)


def _region(region: Region) -> dict[str, Any]:
    return {
        "label": region.label,
        "lower": region.lower,
        "upper": region.upper,
        "look": region.look,
        "of": region.of,
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "label": level.label,
        "value": level.value,
        "dash": level.dash,
        "side": level.side,
        "below": level.below,
    }


def _area(area: Area, block: Block) -> dict[str, Any]:
    return {"label": area.label, "x": block.array(area.x, "f4"), "y": block.array(area.y, "f4"), "look": area.look}
