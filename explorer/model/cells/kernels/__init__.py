"""Faster forms of cells' steps for NumPy, where a benchmark asked for one; each has the plain form's bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from explorer.model.cells.contract import Cell
from explorer.model.cells.kernels.lstm import LSTMKernel
from explorer.model.cells.lstm import LSTM

Arrays = Mapping[str, np.ndarray]


class Kernel(Protocol):
    """How a cell is walked along n steps."""

    def kept(self, like: np.ndarray, steps: int) -> dict[str, np.ndarray]:
        """Room for what `forward` keeps of so many steps; `like` is a state (K, B, H)."""
        ...

    def forward(self, p: Arrays, drive: np.ndarray, states: Arrays, kept: Arrays) -> None:
        """Drive (n, K, B, ·) and the states (n+1, K, B, H), of which the first is given, the others written."""
        ...

    def backward(self, p: Arrays, slopes: Arrays, arriving: Sequence[np.ndarray | None], written: Arrays) -> np.ndarray:
        """Writes total derivatives (n+1, K, B, H), index 0 what goes on further back, and returns delta (n, K, B, D).

        The last of `written` holds what comes from later steps; `arriving` is what comes to each step's h from outside.
        """
        ...


KERNELS: dict[type[Cell], Kernel] = {LSTM: LSTMKernel()}
"""A cell without an entry is walked by its own methods."""
