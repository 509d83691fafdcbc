"""What goes along the sequence in one layer: states forward, total derivatives back, cotangents in from the side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.base.scaling import NO_EXPONENT, exponents, lane_peaks
from explorer.model.cells.contract import Arrays


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One layer's forward pass.

    Attributes:
        inputs: (T, K, B, I).
        states: by name (T+1, K, B, H), index 0 the initial state.
        kept: by name (T, K, B, ·), the arrays that the cell kept of each step, its gates among them.
    """

    inputs: Array
    states: Arrays
    kept: Arrays

    def between(self, first: int, stop: int) -> Trajectory:
        """The steps from `first` to `stop` (0-based, exclusive) as a trajectory of their own."""
        return Trajectory(
            self.inputs[first:stop],
            {name: s[first : stop + 1] for name, s in self.states.items()},
            {name: k[first:stop] for name, k in self.kept.items()},
        )

    @property
    def before(self) -> dict[str, Array]:
        """The states before each step, by name (T, K, B, H)."""
        return {name: s[:-1] for name, s in self.states.items()}


@dataclass(frozen=True, eq=False)
class Adjoints:
    """One layer's total derivatives, as mantissa × 2^exponent.

    Attributes:
        mantissas: by state name (T+1, K, B, H), index 0 the initial state.
        exponent: (T+1, K), host integers.
        input: (T, K, B, I) mantissas of ∂L/∂x_t, with the exponents of the steps from 1 on, or None if not requested.
    """

    mantissas: Arrays
    exponent: np.ndarray
    input: Array | None


@dataclass(frozen=True, eq=False)
class Injection:
    """The cotangents of a layer's h from outside its recurrence: from the loss, or the layer above.

    Attributes:
        values: one (K, B, H) array per step, or None where there is none.
        exponent: (T, K), host integers.
        top: (T, K) exponent of the largest entry, `NO_EXPONENT` where there is none.
    """

    values: Sequence[Array | None]
    exponent: np.ndarray
    top: np.ndarray

    @classmethod
    def at_steps(
        cls, backend: Backend, values: Array, first_step: int, steps: int, exponent: np.ndarray | None = None
    ) -> Injection:
        """`values` (n, K, B, H) at the n steps from `first_step` (0-based) on, of `steps` in all; `exponent` (n, K)."""
        n, K = values.shape[:2]
        all_exponents = np.zeros((steps, K), dtype=int)
        top = np.full((steps, K), NO_EXPONENT)
        arrival = slice(first_step, first_step + n)
        if exponent is not None:
            all_exponents[arrival] = exponent
        peak = exponents(backend.to_numpy(lane_peaks(backend.xp, values)))
        top[arrival] = np.where(peak == NO_EXPONENT, NO_EXPONENT, peak + all_exponents[arrival])
        nothing: list[Array | None] = [None] * first_step
        return cls([*nothing, *values, *[None] * (steps - first_step - n)], all_exponents, top)
