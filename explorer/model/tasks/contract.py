"""What a task is: sequences to read and targets to hit, drawn by a seeded NumPy generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Batch:
    """Sequences of one task.

    Attributes:
        inputs: (T, B, I) float64.
        targets: (T, B, O) float64 for squared error, or (T, B) integers for cross-entropy; a loss at the last step
            reads only the last of them.
    """

    inputs: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True)
class TaskRequest:
    """The part of an experiment that a task sees: (T, B), the free input width if any, and the user's text if any."""

    seq_len: int
    batch_size: int
    input_size: int | None = None
    text: str = ""


class Task(Protocol):
    """`free_input_size` says whether the experiment may choose the number of inputs."""

    free_input_size: bool

    def sizes(self, request: TaskRequest) -> tuple[int, int]:
        """(input_size, output_size); the output size is the number of classes for cross-entropy."""
        ...

    def draw(self, rng: np.random.Generator, request: TaskRequest) -> Batch: ...


def one_hot(symbols: np.ndarray, size: int) -> np.ndarray:
    """(T, B) integers → (T, B, size)."""
    return np.eye(size)[symbols]


def windows(rng: np.random.Generator, series: np.ndarray, request: TaskRequest) -> tuple[np.ndarray, np.ndarray]:
    """B windows of T items of a real series from random starts, and the item after each; reads on from the front.

    Args:
        series: (N, …) in time order.
    Returns:
        (T, B, …) items, and (T, B, …) the next item of each.
    """
    start = rng.integers(len(series), size=request.batch_size)
    at = (np.arange(request.seq_len)[:, None] + start) % len(series)
    return series[at], series[(at + 1) % len(series)]
