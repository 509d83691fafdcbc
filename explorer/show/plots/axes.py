"""Ranges of axes in whole decades."""

from __future__ import annotations

import numpy as np

LEAST_SPAN = 8.0  # decades: a healthy gradient must not look dramatic because the axis has zoomed in


def decades_around(values: np.ndarray, least: float = LEAST_SPAN) -> tuple[float, float]:
    """(lower, upper): whole decades around all finite `values` (log10), with a margin, and at least `least` of them."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -LEAST_SPAN, 0.0
    lower, upper = float(finite.min()), float(finite.max())
    margin = max(0.06 * (upper - lower), (least - (upper - lower)) / 2, least / 16)
    return float(np.floor(lower - margin)), float(np.ceil(upper + margin))
