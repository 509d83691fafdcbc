"""One layer's steps as linear maps of cotangents, rebuilt from the states in its trace.

The states are known, so all steps are computed at once: no lens walks forward again. Arrays are (K = B, N, ·):
sequences lie on the lane axis and cotangents on the batch axis, so that N cotangents of one sequence share its slopes
without a copy and one matrix product serves them all. Everything is float64 on NumPy, whatever computed the trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.layer import Layer
from explorer.engine.network import Network
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays

WIDE = 2**14  # floats of one array that are processed together: they fit into the cache


@dataclass(frozen=True, eq=False)
class Stretch:
    """The steps from `first` to `stop` (0-based, exclusive) of one layer, as arrays (n, B, 1, ·)."""

    first: int
    stop: int
    inputs: np.ndarray
    before: Mapping[str, np.ndarray]
    slopes: Mapping[str, np.ndarray]

    def rows(self, lanes: int) -> list[dict[str, np.ndarray]]:
        """Each step's slopes for `lanes` cotangents, (B, N, ·), as views."""
        wide = widened(self.slopes, lanes)
        return [{name: s[n] for name, s in wide.items()} for n in range(self.stop - self.first)]


class LinearSteps:
    """One layer; `sequence` picks one of the batch, None takes all. `steps` is T, `units` is H.

    Raises:
        ExplorerError: there is no such layer or sequence.
    """

    def __init__(self, trace: Trace, layer: int, sequence: int | None = None) -> None:
        e = trace.experiment
        check_index("layer", layer, -e.num_layers, e.num_layers - 1)
        layer %= e.num_layers
        if sequence is not None:
            check_index("sequence", sequence, 0, e.batch_size - 1)
        sequences = slice(None) if sequence is None else slice(sequence, sequence + 1)
        self.layer: Layer = Network.of_trace(trace).layers[layer]
        self.backend, self.cell, self.parameters = self.layer.backend, self.layer.cell, self.layer.parameters
        self.steps, self.units = e.seq_len, e.hidden_size
        self._states = {name: s[layer][:, sequences] for name, s in trace.states.items()}
        self._inputs = (trace.states["h"][layer - 1, 1:] if layer else trace.inputs)[:, sequences]

    @property
    def names(self) -> tuple[str, ...]:
        """The cell's states along which a gradient travels, in its order."""
        return self.cell.carried

    @property
    def size(self) -> int:
        """S·H, the length of the stacked states."""
        return len(self.names) * self.units

    def stretch(self, first: int, stop: int) -> Stretch:
        """The steps from `first` to `stop` (0-based, exclusive), computed as one batch."""
        n = stop - first

        def flat(array: np.ndarray) -> np.ndarray:
            part = array[first:stop].astype(float)
            return part.reshape(1, -1, part.shape[-1])

        def lanes(array: np.ndarray) -> np.ndarray:
            return array.reshape(n, -1, 1, array.shape[-1])

        x, before = flat(self._inputs), {name: flat(s) for name, s in self._states.items()}
        _, kept = self.layer.step(self.layer.drive(x), before)
        slopes = self.layer.slopes(before, kept)
        unfolded = [{name: lanes(a) for name, a in arrays.items()} for arrays in (before, slopes)]
        return Stretch(first, stop, lanes(x), unfolded[0], unfolded[1])

    def total(self, row: Arrays, arriving: Arrays) -> Arrays:
        """Cotangents (B, N, H) from later steps and from outside → total derivatives of this step's states."""
        return self.layer.total(row, arriving)

    def back(self, row: Arrays, total: Arrays) -> tuple[Arrays, np.ndarray]:
        """Total derivatives → cotangents of the states one step before, and the pre-activations' on the way."""
        delta = self.layer.delta(row, total)
        return self.layer.back(row, total, delta), delta

    def down(self, delta: np.ndarray) -> np.ndarray:
        """The pre-activations' cotangents (B, N, D) → the cotangents of the layer's inputs (B, N, I)."""
        return self.layer.down(delta)

    def zeros(self, sequences: int, lanes: int) -> dict[str, np.ndarray]:
        """Zero cotangents: state name → (B, N, H)."""
        return {name: np.zeros((sequences, lanes, self.units)) for name in self.names}

    def jacobians(self, first: int, stop: int) -> np.ndarray:
        """(n, S·H, S·H): ∂(states at t)/∂(states at t−1) of the chosen sequence, for the steps from `first` to `stop`.

        The identity is pulled through all steps at once, each step a lane.
        """
        part = self.stretch(first, stop)
        row = {name: s[:, 0] for name, s in widened(part.slopes, self.size).items()}
        basis = np.split(np.broadcast_to(np.eye(self.size), (stop - first, self.size, self.size)), len(self.names), -1)
        back, _ = self.back(row, self.total(row, dict(zip(self.names, basis, strict=True))))
        return np.concatenate([back[name] for name in self.names], axis=-1)


def widened(slopes: Mapping[str, np.ndarray], lanes: int) -> dict[str, np.ndarray]:
    """Broadcast arrays (n, B, 1, ·) to (n, B, lanes, ·), as views."""
    return {name: np.broadcast_to(s, (*s.shape[:-2], lanes, s.shape[-1])) for name, s in slopes.items()}


def stretches(steps: int, length: int) -> Sequence[tuple[int, int]]:
    """Split `steps` steps into stretches (first, stop) of at most `length`, 0-based."""
    return [(first, min(first + length, steps)) for first in range(0, steps, length)]


def backwards(steps: int, length: int) -> Iterator[tuple[int, int]]:
    """The same stretches, the last one first."""
    return reversed(stretches(steps, length))


def check_index(name: str, value: object, low: int, high: int) -> None:
    """Raise an `ExplorerError` unless `value` is a whole number between `low` and `high`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        rule = f"must be a whole number between {low} and {high}" if low < high else f"must be {low}"
        raise ExplorerError(name, rule, value, f"Try {high}.")
