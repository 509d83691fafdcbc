"""Marks for what a log axis cannot show: exact zeros and missing gradients."""

from __future__ import annotations

import numpy as np

from explorer.show.plots.axes import LEAST_SPAN
from explorer.show.plots.record import Area, Axis, Panel, Region
from explorer.show.words import say

FOOT = 0.05  # height of the strip as a share of the axis


def zeros_before(log10_norms: np.ndarray) -> tuple[Region, ...]:
    """The region of leading steps at which the gradient, (T,) over the steps 1 to T, is exactly zero."""
    nonzero = np.flatnonzero(~np.isneginf(log10_norms))
    last = int(nonzero[0]) if nonzero.size else len(log10_norms)
    return (Region(say("mark", "zero"), 1, last, "zero", of="x"),) if last else ()


def zeros_at_the_foot(log10_norms: np.ndarray, axis: Axis, label: str) -> tuple[Area, ...]:
    """A hatched strip at the foot of the axis below the steps at which one of several curves, (T,), is exactly zero."""
    ends = np.flatnonzero(np.diff(np.r_[False, np.isneginf(log10_norms), False])) + 0.5
    left, right = ends[0::2], ends[1::2]
    if not left.size:
        return ()
    top, gap = axis.lower + FOOT * (axis.upper - axis.lower), np.full(left.shape, np.nan)
    heights = np.tile([axis.lower, axis.lower, top, top, np.nan], len(left))
    return (Area(label, np.column_stack([left, right, right, left, gap]).ravel(), heights, "zero"),)


def no_gradient(label: str, steps: int) -> Panel:
    """A panel without curves, for a forward pass that overflowed."""
    region = Region(say("lens_mark", "no_gradient"), 1, steps, "not_finite", of="x")
    return Panel(Axis(label, -LEAST_SPAN, 0.0, decades=True), regions=(region,))
