"""The loss on a grid over the window of a landscape, computed in groups of points."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from explorer.questions.cliff.contract import Coordinate, Landscape


@dataclass(frozen=True, eq=False)
class Survey:
    """A landscape's losses on a grid.

    Attributes:
        landscape: its code.
        coordinates: x, then y.
        home: the point of the landscape's own parameters.
        x: (n,) and y: (m,), ascending.
        losses: (m, n), in the unit of the loss; inf or NaN where it is not finite.
    """

    landscape: str
    coordinates: tuple[Coordinate, Coordinate]
    home: tuple[float, float]
    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray

    @property
    def not_finite(self) -> int:
        """The number of grid points without a finite loss."""
        return int((~np.isfinite(self.losses)).sum())


def survey(landscape: Landscape, size: int = 41) -> Generator[float, None, Survey]:
    """Yields the share that is done, from 0 to 1, after every group of points; returns the survey.

    Args:
        size: points along each coordinate.
    """
    x, y = (np.linspace(c.lower, c.upper, size) for c in landscape.coordinates)
    points = np.stack([np.tile(x, size), np.repeat(y, size)], axis=1)
    losses = np.empty(len(points))
    for first in range(0, len(points), landscape.at_once):
        group = slice(first, first + landscape.at_once)
        losses[group] = landscape.losses(points[group])
        yield min(1.0, (first + landscape.at_once) / len(points))
    grid = losses.reshape(size, size)
    grid.flags.writeable = False
    return Survey(landscape.code, landscape.coordinates, landscape.home, x, y, grid)
