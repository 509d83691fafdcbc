"""Axes of a training's figures: linear from 0, or whole decades around all that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explorer.base.scaling import log10
from explorer.show.plots.record import Axis, Series

LINEAR = 20.0  # a loss that changes by a smaller factor reads better on a linear axis
LEAST_DECADES = 2.0


def in_decades(series: Series) -> Series:
    low, high = (None if edge is None else log10(edge) for edge in (series.low, series.high))
    return replace(series, values=log10(np.asarray(series.values, float)), low=low, high=high)


def joined(series: Sequence[Series], *more: float) -> np.ndarray:
    """All that an axis has to hold: the values and bands of all series, and `more`."""
    drawn = [edge for s in series for edge in (s.values, s.low, s.high) if edge is not None]
    return np.concatenate([*drawn, more])


def spans_widely(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values) & (values > 0)]
    return bool(finite.size) and float(finite.max()) > LINEAR * float(finite.min())


def axis_of_decades(values: np.ndarray, label: str) -> Axis:
    """An axis of whole decades around all positive values."""
    return axis_around(log10(values), label)


def axis_around(decades: np.ndarray, label: str) -> Axis:
    """An axis of whole decades around all finite values of `decades` (log10)."""
    finite = decades[np.isfinite(decades)]
    lower, upper = (finite.min(), finite.max()) if finite.size else (-1.0, 0.0)
    lower, upper = float(np.floor(lower - 0.05)), float(np.ceil(upper + 0.05))
    return Axis(label, min(lower, upper - LEAST_DECADES), upper, decades=True)


def axis_from_zero(values: np.ndarray, label: str = "") -> Axis:
    """An axis from 0 to a round number above all values."""
    finite = values[np.isfinite(values)]
    top = float(finite.max(initial=0.0)) or 1.0
    unit = 10.0 ** np.floor(np.log10(top))
    upper = next(unit * s for s in (1.2, 1.6, 2, 3, 4, 5, 6, 8, 12) if unit * s >= 1.02 * top)
    return Axis(label, 0.0, float(upper))
