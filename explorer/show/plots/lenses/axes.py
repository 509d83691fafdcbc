"""Ranges of axes for the values of a lens."""

from __future__ import annotations

import numpy as np

from explorer.show.plots.gradients import LEAST_SPAN


def decades_around(values: np.ndarray) -> tuple[float, float]:
    """(lower, upper): whole decades around all finite values, with a margin and never too few to look calm."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -LEAST_SPAN, 0.0
    lower, upper = float(finite.min()), float(finite.max())
    margin = max(0.06 * (upper - lower), (LEAST_SPAN / 2 - (upper - lower)) / 2, 0.25)
    return float(np.floor(lower - margin)), float(np.ceil(upper + margin))
