"""Back-propagation through time: the two walks along the sequence, for K lanes at once.

Forward goes layer by layer, each layer through all steps; backward goes the same way in reverse. The backward walk is
linear in the adjoint, so it is carried as mantissa × 2^exponent per lane: it runs freely in chunks of steps, and where
a lane left the comfortable range of floats, the rest of the chunk is walked again with another exponent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.base.scaling import NO_EXPONENT, exponents, lane_peaks, power_of_two
from explorer.engine.weight_gradients import ParameterSums, fold, unfold
from explorer.model.cells.contract import Arrays, Cell, transposed
from explorer.model.cells.in_place import IN_PLACE, InPlace

LONGEST_CHUNK, SHORTEST_CHUNK = 64, 16


@dataclass(frozen=True)
class Trajectory:
    """One layer's forward pass.

    Attributes:
        inputs: (T, K, B, I).
        states: by name (T+1, K, B, H), index 0 the initial state.
        kept: by name (T, K, B, ·), what the cell kept of each step, its gates among it.
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
        return {name: s[:-1] for name, s in self.states.items()}


@dataclass(frozen=True)
class Adjoints:
    """One layer's total derivatives, as mantissa × 2^exponent.

    Attributes:
        mantissas: by state name (T+1, K, B, H), index 0 the initial state.
        exponent: (T+1, K), host integers.
        input: (T, K, B, I) mantissas of ∂L/∂x_t, with the exponents of the steps from 1 on; None where nobody asked.
    """

    mantissas: Arrays
    exponent: np.ndarray
    input: Array | None


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
        peak = exponents(backend.to_numpy(lane_peaks(backend.xp, values)))
        top[here] = np.where(peak == NO_EXPONENT, NO_EXPONENT, peak + full[here])
        missing: list[Array | None] = [None] * first_step
        return cls([*missing, *values, *[None] * (steps - first_step - n)], full, top)


def walk_forward(cell: Cell, backend: Backend, p: Arrays, x: Array, initial: Arrays) -> Trajectory:
    """All steps of one layer: x (T, K, B, I) and the initial states (K, B, H)."""
    xp, T, like = backend.xp, x.shape[0], initial["h"]
    # Written in place: thousands of small arrays kept alive cost more in page faults than the arithmetic.
    states = {name: _empty(xp, like, T + 1) for name in cell.state_names}
    in_place = _in_place(cell, backend)
    kept: dict[str, Array] = in_place.kept(like, T) if in_place else {}
    s = initial
    for name, value in s.items():
        states[name][0] = value
    length = chunk_length(backend, like)
    for first in range(0, T, length):
        chunk = x[first : first + length]
        drive = unfold(xp, cell.drive(xp, p, fold(xp, chunk)), chunk.shape[0])
        if in_place:
            between = {name: state[first : first + length + 1] for name, state in states.items()}
            in_place.forward(p, drive, between, {name: value[first : first + length] for name, value in kept.items()})
            continue
        for t, a in enumerate(drive, start=first):
            s, k = cell.forward(xp, p, a, s)
            for name, value in s.items():
                states[name][t + 1] = value
            if not kept:
                kept = {name: _empty(xp, value, T) for name, value in k.items()}
            for name, value in k.items():
                kept[name][t] = value
    return Trajectory(x, states, kept)


def walk_backward(
    cell: Cell,
    backend: Backend,
    p: Arrays,
    walked: Trajectory,
    injection: Injection,
    alive: np.ndarray,
    sums: ParameterSums,
    suffix: str,
    wants_input: bool,
) -> Adjoints:
    """All steps of one layer, back from the last; its parameter gradients go into `sums` under names with `suffix`.

    Args:
        injection: what the loss or the layer above adds to ∂L/∂h_t.
        alive: (K,) lanes whose forward pass stayed finite; the others do not hold the range check up.
    """
    xp, (T, K) = backend.xp, injection.exponent.shape
    carry: Arrays = {name: xp.zeros_like(s[0]) for name, s in walked.states.items()}
    carry_top, exponent = np.full(K, NO_EXPONENT), np.zeros(K, dtype=int)
    mantissas = {name: _empty(xp, carry["h"], T + 1) for name in carry}
    used = np.zeros((T + 1, K), dtype=int)
    inputs = xp.empty(walked.inputs.shape, dtype=backend.dtype, device=carry["h"].device) if wants_input else None
    limit = _comfortable_exponent(backend)
    t, longest = T, chunk_length(backend, carry["h"])
    length = longest
    while t > 0:
        first = max(t - length, 0)
        chunk = walked.between(first, t)
        new_exponent = _next_exponent(exponent, np.maximum(carry_top, injection.top[t - 1]), limit)
        start = _rescaled(backend, carry, exponent - new_exponent)
        slopes = cell.slopes(xp, chunk.before, chunk.kept)
        written = {name: m[first : t + 1] for name, m in mantissas.items()}
        arriving = _arriving(backend, injection, first, t, new_exponent)
        carry, delta = _walk_chunk(cell, backend, p, slopes, arriving, start, written)
        peaks = np.maximum.reduce([backend.to_numpy(lane_peaks(xp, m)) for m in written.values()])
        if dropped := _uncomfortable_steps(peaks[:, alive], injection.top[first:t, alive], limit):
            first, peaks, delta, chunk = (
                first + dropped,
                peaks[dropped:],
                delta[dropped:],
                walked.between(first + dropped, t),
            )
            slopes = {name: s[dropped:] for name, s in slopes.items()}
            totals = {name: m[dropped + 1] for name, m in written.items()}
            carry = cell.backward(xp, p, {name: s[0] for name, s in slopes.items()}, totals, delta[0])
            for name, value in carry.items():
                written[name][dropped] = value
            peaks[0] = np.maximum.reduce([backend.to_numpy(lane_peaks(xp, value)) for value in carry.values()])
        used[first + 1 : t + 1] = new_exponent
        terms = cell.terms(xp, slopes, delta, chunk.inputs, chunk.before)
        sums.add({name + suffix: parts for name, parts in terms.items()}, first, new_exponent)
        if inputs is not None:
            inputs[first:t] = unfold(xp, cell.backward_input(xp, p, fold(xp, delta)), t - first)
        exponent, t, length = new_exponent, first, min(longest, 2 * (t - first))
        carry_top = exponents(peaks[0]) + np.where(peaks[0] > 0, exponent, 0)
    used[0] = exponent
    return Adjoints(mantissas, used, inputs)


def chunk_length(backend: Backend, state: Array) -> int:
    """Steps that are worked on together: as many as leave their arrays in the cache."""
    values = int(np.prod(state.shape))
    return max(SHORTEST_CHUNK, min(LONGEST_CHUNK, 32 * backend.wide_step // values))


def _walk_chunk(
    cell: Cell, backend: Backend, p: Arrays, slopes: Arrays, arriving: list[Array | None], d: Arrays, written: Arrays
) -> tuple[Arrays, Array]:
    """Plain recursion over n steps, last one first.

    Writes the total derivatives into `written` (n+1, K, B, H), index 0 what goes on further back, and returns the
    latter with all of delta (n, K, B, D).
    """
    xp = backend.xp
    if in_place := _in_place(cell, backend):
        for name, value in d.items():
            written[name][-1] = value
        all_deltas = in_place.backward(p, slopes, arriving, written)
        return {name: m[0] for name, m in written.items()}, all_deltas
    rows = [dict(zip(slopes, row, strict=True)) for row in zip(*slopes.values(), strict=True)]
    deltas = None
    for n in reversed(range(len(rows))):
        if (g := arriving[n]) is not None:
            d = {**d, "h": d["h"] + g}
        d = cell.total(xp, rows[n], d)
        delta = cell.delta(xp, p, rows[n], d)
        if deltas is None:
            deltas = _empty(xp, delta, len(rows))
        deltas[n] = delta
        for name, value in d.items():
            written[name][n + 1] = value
        d = cell.backward(xp, p, rows[n], d, delta)
    for name, value in d.items():
        written[name][0] = value
    return d, deltas


def _in_place(cell: Cell, backend: Backend) -> InPlace | None:
    return IN_PLACE.get(type(cell)) if backend.name == "numpy" else None


def _empty(xp: Any, like: Array, steps: int) -> Array:
    return xp.empty((steps, *like.shape), dtype=like.dtype, device=like.device)


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


def _next_exponent(now: np.ndarray, top: np.ndarray, limit: int) -> np.ndarray:
    """The exponent for the next chunk: today's, unless its first step's `top` lies far from it."""
    keep = (np.abs(top - now) <= limit // 2) | (top < NO_EXPONENT // 2)
    return np.where(keep, now, top)


def _comfortable_exponent(backend: Backend) -> int:
    """What lies within 2^±this keeps its digits through a chunk's products; and its squares, which the norms take in
    float64, neither overflow nor vanish. float32 may use more of its own, shorter range, or small gradients would be
    walked twice at every turn."""
    share = 0.3 if backend.numpy_dtype == np.float64 else 0.6
    return int(share * np.finfo(backend.numpy_dtype).maxexp)


def _uncomfortable_steps(peaks: np.ndarray, arriving_top: np.ndarray, limit: int) -> int:
    """How many of a chunk's first steps have to be walked again with another exponent.

    Those up to the last one at which a lane left the comfortable range, or is zero although something arrives there
    (which was too small for the chunk's exponent); never all, as the exponent was chosen for the last.

    Args:
        peaks: (n+1, K), index 0 what goes on further back. arriving_top: (n, K).
    """
    inside = (peaks >= 2.0**-limit) & (peaks <= 2.0**limit)
    silent = np.vstack([np.full(peaks.shape[1], NO_EXPONENT), arriving_top]) == NO_EXPONENT
    outside = np.flatnonzero(~(inside | ((peaks == 0) & silent)).all(axis=1))
    return min(int(outside[-1]), len(peaks) - 2) if len(outside) else 0


def first_overflow(backend: Backend, layers: Sequence[Trajectory], outputs: Array) -> np.ndarray:
    """(K,) the first step (1-based) whose states or outputs are not finite; 0 where all are."""
    xp = backend.xp
    arrays = [s[1:] for layer in layers for s in layer.states.values()] + [outputs]
    if all(bool(xp.all(xp.isfinite(a))) for a in arrays):
        return np.zeros(outputs.shape[1], dtype=int)
    finite = np.logical_and.reduce([backend.to_numpy(xp.all(xp.isfinite(a), axis=(-2, -1))) for a in arrays])
    return np.where(finite.all(axis=0), 0, np.argmin(finite, axis=0) + 1)


def layer_parameters(xp: Any, weights: Mapping[str, Array], layer: int) -> dict[str, Array]:
    """The weights of one layer under the names the cell knows: without the ``_l<layer>`` suffix, and as ``….T``."""
    suffix = f"_l{layer}"
    p = {name.removesuffix(suffix): w for name, w in weights.items() if name.endswith(suffix)}
    return p | {f"{name}.T": _contiguous(xp, transposed(w)) for name, w in p.items() if w.ndim == 3}


def _contiguous(xp: Any, array: Array) -> Array:
    """A copy in the order of its axes: `asarray` with `copy` would keep the order in memory."""
    copy = xp.empty(array.shape, dtype=array.dtype, device=array.device)
    copy[...] = array
    return copy
