"""What a task is: sequences to read and targets to hit, drawn by a seeded NumPy generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.base.errors import MissingMethod


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


@dataclass(frozen=True)
class Answers:
    """What was asked for and what was said.

    Attributes:
        kind: ``symbols`` (one text a sequence), ``orders`` or ``numbers`` (one answer a sequence).
    """

    kind: str
    asked: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Curves:
    """(T,) what came, and what was expected one step before.

    Attributes:
        kind: ``sine`` or ``price`` (of the first company, the first week's being 1).
    """

    kind: str
    came: np.ndarray
    expected: np.ndarray


class Task:
    """Sequences to read and targets to hit. A subclass has `sizes` and `draw`; all else has a default.

    Attributes:
        free_input_size: whether the experiment may choose the number of inputs.
        reads_text: whether the experiment's own text has an effect.
        listens: how many sequences a `sample` is made of; 0 where there is no answer to hear.
    """

    free_input_size: bool = False
    reads_text: bool = False
    listens: int = 0

    def sizes(self, request: TaskRequest) -> tuple[int, int]:
        """(input_size, output_size); the output size is the number of classes for cross-entropy."""
        raise MissingMethod(type(self).__name__)

    def draw(self, rng: np.random.Generator, request: TaskRequest) -> Batch:
        """Sequences from this generator alone: the same ones for the same seed."""
        raise MissingMethod(type(self).__name__)

    def baseline(self, request: TaskRequest, steps: int) -> float:
        """The loss, summed over the last `steps` steps, of the best answer that remembers nothing; NaN if unknown."""
        return float("nan")

    def sample(self, outputs: np.ndarray, targets: np.ndarray) -> Answers | Curves | None:
        """What a network said on `listens` sequences: outputs (T, B, O) beside targets as those of a `Batch`."""
        return None

    def text(self, request: TaskRequest) -> str:
        """The text that it reads windows of, one class for each of the characters of its `alphabet`; "" if of none."""
        return ""


def alphabet(text: str) -> str:
    """The characters that occur, in order."""
    return "".join(sorted(set(text)))


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
