"""Faster versions of cells' steps for NumPy, where a benchmark showed a need; each gives the same bits as the cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from explorer.model.cells.contract import Cell
from explorer.model.cells.kernels.lstm import LSTMKernel
from explorer.model.cells.lstm import LSTM

Arrays = Mapping[str, np.ndarray]


class Kernel(Protocol):
    """A cell's n consecutive steps, written in place."""

    def kept(self, like: np.ndarray, steps: int) -> dict[str, np.ndarray]:
        """Empty arrays for the values that `forward` keeps of these steps; `like` is a state (K, B, H)."""
        ...

    def forward(self, p: Arrays, drive: np.ndarray, states: Arrays, kept: Arrays) -> None:
        """Run n steps from the drive (n, K, B, ·) and the first of the states (n+1, K, B, H); write the others."""
        ...

    def backward(self, p: Arrays, slopes: Arrays, arriving: Sequence[np.ndarray | None], out: Arrays) -> np.ndarray:
        """Write total derivatives (n+1, K, B, H), index 0 being those for earlier steps; return delta (n, K, B, D).

        The last of `out` holds the cotangents from later steps; `arriving` holds those of each step's h from outside.
        """
        ...


KERNELS: dict[type[Cell], Kernel] = {LSTM: LSTMKernel()}
"""Cell → its kernel; a cell without one runs by its own methods."""
