"""A figure over two coordinates as data; the records of other figures are in `record`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.show.plots.record import Axis


@dataclass(frozen=True, eq=False)
class SurfacePath:
    """A path over a surface, step by step.

    Attributes:
        x, y: (n,) positions; they may leave the axes.
        z: (n,) values there, in the unit of the surface's z axis; NaN if there is none.
        colour, dash: as in a `Series`.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    colour: str
    dash: str


@dataclass(frozen=True, eq=False)
class Surface:
    """Values over two coordinates, with paths on them; to be drawn as a map or as a surface in space.

    Attributes:
        x, y, z: the axes; none of them depends on the paths.
        columns, rows: (n,) and (m,) x and y of the values, ascending.
        values: (m, n) in z's unit; NaN for a value that is not finite, which is crossed out.
        home: a marked place (x, y) and its label.
    """

    name: str
    title: str
    caption: str
    alternative: str
    x: Axis
    y: Axis
    z: Axis
    columns: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    paths: tuple[SurfacePath, ...]
    home: tuple[float, float, str]
    height: int = 480
