"""The contract of a task: sequences to read and targets to predict, drawn by a seeded NumPy generator."""

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
            uses only the last ones.
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
    """The correct answers to some sequences, and a network's answers, as texts.

    Attributes:
        kind: ``symbols`` (one text per sequence), ``orders`` or ``numbers`` (one answer per sequence).
        asked, said: the correct answers, and the network's, one for each sequence.
    """

    kind: str
    asked: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Curves:
    """A series, and a network's prediction of each value one step before.

    Attributes:
        kind: ``sine`` or ``price`` (of the first company, relative to the first week).
        came, expected: (T,) the true values, and the predicted ones.
    """

    kind: str
    came: np.ndarray
    expected: np.ndarray


class Task:
    """Sequences to read and targets to predict. A subclass has `sizes` and `draw`; all else has a default.

    Attributes:
        free_input_size: whether the experiment may choose the number of inputs.
        reads_text: whether the experiment's own text has an effect.
        listens: the number of sequences in a `sample`; 0 where the task has none.
    """

    free_input_size: bool = False
    reads_text: bool = False
    listens: int = 0

    def sizes(self, request: TaskRequest) -> tuple[int, int]:
        """(input_size, output_size); the output size is the number of classes for cross-entropy."""
        raise MissingMethod(type(self).__name__)

    def draw(self, rng: np.random.Generator, request: TaskRequest) -> Batch:
        """Sequences from this generator alone, so that the same seed gives the same ones."""
        raise MissingMethod(type(self).__name__)

    def baseline(self, request: TaskRequest, steps: int) -> float:
        """The loss, summed over the last `steps` steps, of the best answer without memory; NaN if unknown."""
        return float("nan")

    def sample(self, outputs: np.ndarray, targets: np.ndarray) -> Answers | Curves | None:
        """A network's answers to B = `listens` sequences, from its outputs (T, B, O) and the targets of a `Batch`."""
        return None

    def text(self, request: TaskRequest) -> str:
        """The text whose windows are read, with one class per character of its `alphabet`; "" if there is none."""
        return ""


def alphabet(text: str) -> str:
    """The different characters of `text`, sorted."""
    return "".join(sorted(set(text)))


def one_hot(symbols: np.ndarray, size: int) -> np.ndarray:
    """(…) integers → (…, size) of 0.0 and 1.0."""
    return np.eye(size)[symbols]


def windows(rng: np.random.Generator, series: np.ndarray, request: TaskRequest) -> tuple[np.ndarray, np.ndarray]:
    """B windows of T items of a series from random starts, and the item after each; the series starts over at its end.

    Args:
        series: (N, …) in time order.
    Returns:
        (T, B, …) items, and (T, B, …) the next item of each.
    """
    start = rng.integers(len(series), size=request.batch_size)
    index = (np.arange(request.seq_len)[:, None] + start) % len(series)
    return series[index], series[(index + 1) % len(series)]
