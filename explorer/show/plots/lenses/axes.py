"""Ranges of axes for the values of a lens."""

from __future__ import annotations

import numpy as np

from explorer.show.plots import axes


def decades_around(values: np.ndarray) -> tuple[float, float]:
    """(lower, upper): whole decades around all finite values; half as many suffice as for a gradient's curve."""
    return axes.decades_around(values, axes.LEAST_SPAN / 2)
