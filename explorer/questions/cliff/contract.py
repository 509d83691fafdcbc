"""The interface of a landscape: a loss over two coordinates, with its exact gradient by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Coordinate:
    """One of the two coordinates.

    Attributes:
        code: its key in the catalogue of words.
        lower, upper: the window that is surveyed; a path may leave it.
        name: the quantity behind the coordinate where the code does not tell, such as one weight's name; else "".
    """

    code: str
    lower: float
    upper: float
    name: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of the window."""
        return self.lower, self.upper


class Landscape(Protocol):
    """A loss L(x, y).

    Attributes:
        code: its key in the catalogue of words.
        coordinates: x, then y.
        home: the point of its own parameters.
        at_once: number of points for one call of `losses`, so that memory and waiting time stay small.
    """

    @property
    def code(self) -> str: ...

    @property
    def coordinates(self) -> tuple[Coordinate, Coordinate]: ...

    @property
    def home(self) -> tuple[float, float]: ...

    @property
    def at_once(self) -> int: ...

    def losses(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) points → (n,) losses; inf or NaN where the loss is not finite."""
        ...

    def gradients(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, 2) points → (n,) losses and (n, 2) gradients by x and y; NaN where there is none."""
        ...
