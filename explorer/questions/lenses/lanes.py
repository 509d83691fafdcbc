"""Many cotangents, walked back side by side through all layers from one upwards: a lane for each loss, or window.

A backward step is linear in the cotangents, so lanes that differ only in the step of their loss share that step's
slopes and one product with the weights. Each lane has its own mantissa × 2^exponent; changes by more than 10^±90 in a
single step are not covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.scaling import LOG10_2, NO_EXPONENT, exponents, log10, power_of_two, times_power_of_two
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.questions.lenses.linear_steps import LinearSteps, Stretch

SMALLEST, LARGEST = 2.0**-400, 2.0**400  # squared norms at which a lane's mantissas are rescaled to 1
STRETCH = 16  # steps whose slopes are computed together


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The gradient that each loss sends into h of the top layer at its own step.

    Attributes:
        first: the number of steps before the first loss.
        mantissas: (n, B, H), one for each of the last n steps. exponent: (n,), `NO_EXPONENT` where nothing arrives.
    """

    first: int
    mantissas: np.ndarray
    exponent: np.ndarray

    @classmethod
    def of(cls, trace: Trace) -> Arrivals:
        """The arrivals of all losses of a trace."""
        values = np.asarray(trace.output_grads, dtype=float)
        if "weight_out" in trace.weights:
            values = values @ np.asarray(trace.weights["weight_out"], dtype=float)
        exponent = exponents(np.abs(values).max(axis=(1, 2)))
        near_one = times_power_of_two(values, np.where(exponent == NO_EXPONENT, 0, -exponent)[:, None, None])
        return cls(trace.experiment.seq_len - len(values), near_one, exponent)


@dataclass(frozen=True, eq=False)
class Back:
    """One step back of N lanes; lists are by layer, the lowest first.

    Attributes:
        totals: state name → (B, N, H) mantissas of the total derivatives. deltas: (B, N, D), the pre-activations'.
        squares: state name → (N,), ‖·‖² of the totals over sequences and units.
        exponent: (N,) the exponents of all mantissas.
    """

    totals: list[Arrays]
    deltas: list[np.ndarray]
    squares: list[dict[str, np.ndarray]]
    exponent: np.ndarray

    def log10_norms(self, layer: int, name: str) -> np.ndarray:
        """(N,) log10 ‖total derivative‖ of one state; −inf for an exact zero."""
        return log10(self.squares[layer][name]) / 2 + self.exponent * LOG10_2


class Lanes:
    """The cotangents that `count` lanes carry from step to step, in the layers from `bottom` up."""

    def __init__(self, trace: Trace, bottom: int = 0, count: int = 0) -> None:
        layers = trace.experiment.num_layers
        self.layers = [LinearSteps(trace, n) for n in range(bottom % layers, layers)]
        self.backend = self.layers[0].backend
        self._sequences = trace.experiment.batch_size
        self._carry: list[dict[str, np.ndarray]] = [steps.zeros(self._sequences, count) for steps in self.layers]
        self.exponent = np.full(count, NO_EXPONENT)

    def stretches(self, first: int, stop: int) -> list[Stretch]:
        """The steps from `first` to `stop` (0-based, exclusive), by layer."""
        return [steps.stretch(first, stop) for steps in self.layers]

    def open(self, count: int) -> None:
        """Append `count` empty lanes."""
        for steps, carry in zip(self.layers, self._carry, strict=True):
            more = steps.zeros(self._sequences, count)
            carry.update({name: np.concatenate([value, more[name]], axis=1) for name, value in carry.items()})
        self.exponent = np.concatenate([self.exponent, np.full(count, NO_EXPONENT)])

    def close(self, count: int) -> None:
        """Remove the first `count` lanes."""
        for carry in self._carry:
            carry.update({name: value[:, count:] for name, value in carry.items()})
        self.exponent = self.exponent[count:]

    def clear(self, lanes: np.ndarray) -> None:
        """Set the cotangents of the marked lanes, (N,) bool, to exactly zero."""
        for carry in self._carry:
            carry.update({name: np.where(lanes[:, None], 0.0, value) for name, value in carry.items()})
        self.exponent = np.where(lanes, NO_EXPONENT, self.exponent)

    def arrive(self, mantissa: np.ndarray, exponent: int, lanes: slice) -> None:
        """Add the gradient from a loss, (B, H), to the top layer of `lanes`, with the larger of the two exponents."""
        if exponent == NO_EXPONENT:
            return
        common = self.exponent.copy()
        common[lanes] = np.maximum(common[lanes], exponent)
        self._rescale(self.exponent, common)
        h = self._carry[-1]["h"].copy()
        h[:, lanes] += mantissa[:, None] * power_of_two(exponent - common[lanes], mantissa.dtype)[:, None]
        self._carry[-1]["h"] = h

    def back(self, rows: Sequence[Arrays]) -> Back:
        """Walk one step back, from the top layer down, with each layer's slopes (B, N, ·)."""
        totals: list[Arrays] = []
        deltas: list[np.ndarray] = []
        squares: list[dict[str, np.ndarray]] = []
        arriving = None
        for n in reversed(range(len(self.layers))):
            steps, carry = self.layers[n], self._carry[n]
            if arriving is not None:
                carry["h"] = carry["h"] + arriving
            total = steps.total(rows[n], carry)
            before, delta = steps.back(rows[n], total)
            arriving = steps.down(delta) if n else None
            self._carry[n] = dict(before)
            totals.insert(0, total)
            deltas.insert(0, delta)
            squares.insert(0, {name: np.vecdot(d, d).sum(axis=0) for name, d in total.items()})
        result = Back(totals, deltas, squares, self.exponent)
        self._keep_in_range(np.maximum.reduce([s for layer in squares for s in layer.values()]))
        return result

    def carried(self) -> list[dict[str, np.ndarray]]:
        """By layer, the lowest first: state name → (B, N, H) mantissas for the step before, with `exponent`."""
        return self._carry

    def _keep_in_range(self, square: np.ndarray) -> None:
        outside = ~((square > SMALLEST) & (square < LARGEST)) & (self.exponent != NO_EXPONENT)
        if outside.any():
            shift = exponents(np.sqrt(square))
            rescaled = np.where(shift == NO_EXPONENT, NO_EXPONENT, self.exponent + shift)
            self._rescale(self.exponent, np.where(outside, rescaled, self.exponent))

    def _rescale(self, old: np.ndarray, new: np.ndarray) -> None:
        """Change the lanes' exponents from `old` to `new`; empty lanes carry zeros, which do not change."""
        shift = np.where((old == NO_EXPONENT) | (new == NO_EXPONENT), 0, old - new)
        if shift.any():
            factor = power_of_two(shift, np.dtype(float))[:, None]
            for carry in self._carry:
                carry.update({name: value * factor for name, value in carry.items()})
        self.exponent = new
