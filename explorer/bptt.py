"""Back-propagation through time: the two walks along the sequence, for K lanes at once.

Forward goes layer by layer, each layer through all steps; backward goes the same way in reverse. The backward walk is
linear in the adjoint, so it is carried as mantissa × 2^exponent per lane: it runs freely in chunks of steps, and a
chunk in which a lane left the comfortable range of floats is walked again in shorter ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.backend import Array, Backend
from explorer.cells.contract import Arrays, Cell
from explorer.parameter_gradients import fold, unfold
from explorer.scaling import NO_EXPONENT, exponents, lane_peaks, power_of_two

CHUNK = 32


@dataclass(frozen=True)
class Trajectory:
    """One layer's forward pass.

    Attributes:
        inputs: (T, K, B, I).
        states: by name (T+1, K, B, H), index 0 the initial state.
        gates: by name (T, K, B, H).
    """

    inputs: Array
    states: Arrays
    gates: Arrays

    @property
    def before(self) -> dict[str, Array]:
        return {name: s[:-1] for name, s in self.states.items()}

    @property
    def after(self) -> dict[str, Array]:
        return {name: s[1:] for name, s in self.states.items()}


@dataclass(frozen=True)
class Adjoints:
    """One layer's total derivatives, as mantissa × 2^exponent.

    Attributes:
        mantissas: by state name (T+1, K, B, H), index 0 the initial state.
        exponent: (T+1, K), host integers.
    """

    mantissas: Arrays
    exponent: np.ndarray

    @property
    def after(self) -> dict[str, Array]:
        return {name: m[1:] for name, m in self.mantissas.items()}


@dataclass(frozen=True)
class Injection:
    """What reaches a layer's h from outside its own recurrence: the loss, or the layer above.

    Attributes:
        values: one (K, B, H) array a step, or None where nothing arrives.
        exponent: (T, K), host integers.
        top: (T, K) exponent of the largest entry, `NO_EXPONENT` where nothing arrives.
    """

    values: Sequence[Array | None]
    exponent: np.ndarray
    top: np.ndarray

    @classmethod
    def at_steps(
        cls, backend: Backend, values: Array, first_step: int, steps: int, exponent: np.ndarray | None = None
    ) -> Injection:
        """`values` (n, K, B, H) arriving at n steps from `first_step` (0-based) on, of `steps` in all."""
        n, K = values.shape[:2]
        full = np.zeros((steps, K), dtype=int)
        top = np.full((steps, K), NO_EXPONENT)
        here = slice(first_step, first_step + n)
        if exponent is not None:
            full[here] = exponent
        top[here] = exponents(backend.to_numpy(lane_peaks(backend.xp, values))) + full[here]
        missing: list[Array | None] = [None] * first_step
        return cls([*missing, *values, *[None] * (steps - first_step - n)], full, top)


def walk_forward(cell: Cell, xp: Any, p: Arrays, x: Array, initial: Arrays) -> Trajectory:
    """All steps of one layer: x (T, K, B, I) and the initial states (K, B, H)."""
    T = x.shape[0]
    drive = unfold(xp, cell.drive(xp, p, fold(xp, x)), T)
    s, states, gates = initial, [initial], []
    for a in drive:
        s, g = cell.forward(xp, p, a, s)
        states.append(s)
        gates.append(g)
    return Trajectory(
        x,
        {name: _along_time(xp, [s[name] for s in states]) for name in cell.state_names},
        {name: _along_time(xp, [g[name] for g in gates]) for name in cell.gate_names},
    )


def walk_backward(
    cell: Cell, backend: Backend, p: Arrays, slopes: Arrays, injection: Injection, alive: np.ndarray
) -> Adjoints:
    """All steps of one layer, back from the last.

    Args:
        slopes: what `cell.slopes` gave for all steps, each (T, K, B, ·).
        injection: what the loss or the layer above adds to ∂L/∂h_t.
        alive: (K,) lanes whose forward pass stayed finite; the others do not hold the range check up.
    """
    xp, (T, K) = backend.xp, injection.exponent.shape
    per_step = [dict(zip(slopes, row, strict=True)) for row in zip(*slopes.values(), strict=True)]
    zero = xp.zeros_like(next(v for v in injection.values if v is not None))
    carry: Arrays = {name: zero for name in cell.state_names}
    carry_top, exponent = np.full(K, NO_EXPONENT), np.zeros(K, dtype=int)
    totals: list[Arrays] = []
    used = np.zeros((T + 1, K), dtype=int)
    t, chunk, limit = T, CHUNK, _comfortable_exponent(backend)
    while t > 0:
        first = max(t - chunk, 0)
        new_exponent = _common_exponent(exponent, carry_top, injection.top[first:t], limit)
        start = _rescaled(backend, carry, exponent - new_exponent)
        arriving = _arriving(backend, injection, first, t, new_exponent)
        walked, end = _walk(cell, xp, p, per_step[first:t], arriving, start)
        peaks = np.maximum.reduce(
            [backend.to_numpy(lane_peaks(xp, _along_time(xp, [d[n] for d in [*walked, end]]))) for n in end]
        )
        if chunk > 1 and not _comfortable(peaks[:, alive], limit):
            chunk = max(1, chunk // 4)
            continue
        totals += walked
        used[first + 1 : t + 1] = new_exponent
        carry, exponent, t, chunk = end, new_exponent, first, min(CHUNK, chunk * 2)
        carry_top = exponents(peaks[-1]) + np.where(peaks[-1] > 0, exponent, 0)
    used[0] = exponent
    totals.append(carry)
    totals.reverse()
    return Adjoints({name: _along_time(xp, [d[name] for d in totals]) for name in cell.state_names}, used)


def _walk(
    cell: Cell, xp: Any, p: Arrays, slopes: list[dict[str, Array]], arriving: list[Array | None], d: Arrays
) -> tuple[list[Arrays], Arrays]:
    """Plain recursion over a few steps, last one first: their total derivatives, and what goes on further back."""
    totals = []
    for s, g in zip(reversed(slopes), reversed(arriving), strict=True):
        if g is not None:
            d = {**d, "h": d["h"] + g}
        d = cell.total(xp, s, d)
        totals.append(d)
        d = cell.backward(xp, p, s, d)
    return totals, d


def _arriving(
    backend: Backend, injection: Injection, first: int, stop: int, exponent: np.ndarray
) -> list[Array | None]:
    values = list(injection.values[first:stop])
    shift = injection.exponent[first:stop] - exponent
    if shift.any():
        scale = backend.asarray(power_of_two(shift, backend.numpy_dtype))[..., None, None]
        values = [v if v is None else v * s for v, s in zip(values, scale, strict=True)]
    return values


def _rescaled(backend: Backend, carry: Arrays, shift: np.ndarray) -> Arrays:
    if not shift.any():
        return carry
    scale = backend.asarray(power_of_two(shift, backend.numpy_dtype))[:, None, None]
    return {name: value * scale for name, value in carry.items()}


def _common_exponent(now: np.ndarray, carry_top: np.ndarray, arriving: np.ndarray, limit: int) -> np.ndarray:
    """The exponent for the next chunk: today's, unless what is carried or arrives lies far from it."""
    top = np.maximum(carry_top, arriving.max(axis=0))
    keep = (np.abs(top - now) <= limit // 2) | (top < NO_EXPONENT // 2)
    return np.where(keep, now, top)


def _comfortable_exponent(backend: Backend) -> int:
    """Squares of what lies within 2^±this neither overflow nor lose digits."""
    return int(backend.xp.finfo(backend.dtype).max ** 0.25).bit_length()


def _comfortable(peaks: np.ndarray, limit: int) -> bool:
    inside = (peaks >= 2.0**-limit) & (peaks <= 2.0**limit)
    return bool((inside | (peaks == 0)).all())


def _along_time(xp: Any, steps: list[Array]) -> Array:
    """(K, B, N) arrays → (T, K, B, N). One concatenation: stacking costs Python time for every step."""
    return xp.reshape(xp.concat(steps, axis=0), (len(steps), *steps[0].shape))


def first_overflow(backend: Backend, layers: Sequence[Trajectory], outputs: Array) -> np.ndarray:
    """(K,) the first step (1-based) whose states or outputs are not finite; 0 where all are."""
    xp = backend.xp
    arrays = [s[1:] for layer in layers for s in layer.states.values()] + [outputs]
    if all(bool(xp.all(xp.isfinite(a))) for a in arrays):
        return np.zeros(outputs.shape[1], dtype=int)
    finite = np.logical_and.reduce([backend.to_numpy(xp.all(xp.isfinite(a), axis=(-2, -1))) for a in arrays])
    return np.where(finite.all(axis=0), 0, np.argmin(finite, axis=0) + 1)


def layer_parameters(weights: Mapping[str, Array], layer: int) -> dict[str, Array]:
    """The weights of one layer under the names the cell knows: without the ``_l<layer>`` suffix."""
    suffix = f"_l{layer}"
    return {name.removesuffix(suffix): w for name, w in weights.items() if name.endswith(suffix)}
