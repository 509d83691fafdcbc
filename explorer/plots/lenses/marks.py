"""What is no place on a log axis, marked as what it is."""

from __future__ import annotations

import numpy as np

from explorer.plots.gradients import LEAST_SPAN
from explorer.plots.record import Axis, Panel, Region
from explorer.words import say


def zeros_before(log10_norms: np.ndarray, label: str, first: int = 1) -> tuple[Region, ...]:
    """The steps from `first` on at which a curve over the steps 1 to T is exactly zero, up to its first other value."""
    there = np.flatnonzero(~np.isneginf(log10_norms))
    last = int(there[0]) if there.size else len(log10_norms)
    return (Region(label, first, last, "zero", of="x"),) if last >= first else ()


def no_gradient(label: str, steps: int) -> Panel:
    """In place of decades: the forward pass left the floats."""
    region = Region(say("lens_mark", "no_gradient"), 1, steps, "not_finite", of="x")
    return Panel(Axis(label, -LEAST_SPAN, 0.0, decades=True), regions=(region,))
