"""Back-propagation through time: the two walks of one layer along the sequence, for K lanes at once.

The backward walk is linear in the adjoint, so it is carried as mantissa × 2^exponent per lane: it runs freely in chunks
of steps, and where a lane left the comfortable range of floats, the rest of the chunk is walked again with another
exponent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.base.scaling import NO_EXPONENT, exponents, lane_peaks, power_of_two
from explorer.engine.layer import Layer
from explorer.engine.weight_gradients import WeightGradients, fold, unfold
from explorer.model.cells.contract import Arrays
from explorer.model.cells.kernels import KERNELS, Kernel

LONGEST_CHUNK, SHORTEST_CHUNK = 64, 16


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
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


@dataclass(frozen=True, eq=False)
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


def walk_forward(layer: Layer, x: Array, initial: Arrays) -> Trajectory:
    """All steps of one layer: x (T, K, B, I) and the initial states (K, B, H)."""
    cell, xp, p = layer.cell, layer.backend.xp, layer.parameters
    T, like = x.shape[0], initial["h"]
    # Written in place: thousands of small arrays kept alive cost more in page faults than the arithmetic.
    states = {name: _empty(xp, like, T + 1) for name in cell.states}
    kernel = _kernel(layer)
    kept: dict[str, Array] = kernel.kept(like, T) if kernel else {}
    s = initial
    for name, value in s.items():
        states[name][0] = value
    length = chunk_length(layer.backend, like)
    for first in range(0, T, length):
        chunk = x[first : first + length]
        drive = unfold(xp, layer.drive(fold(xp, chunk)), chunk.shape[0])
        if kernel:
            between = {name: state[first : first + length + 1] for name, state in states.items()}
            kernel.forward(p, drive, between, {name: value[first : first + length] for name, value in kept.items()})
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
    layer: Layer,
    walked: Trajectory,
    injection: Injection,
    gradients: WeightGradients | None = None,
    alive: np.ndarray | None = None,
    wants_input: bool = False,
) -> Adjoints:
    """All steps of one layer, back from the last.

    Args:
        injection: what the loss or the layer above adds to ∂L/∂h_t.
        gradients: takes in the layer's parameter gradients, where they are wanted.
        alive: (K,) lanes whose forward pass stayed finite (all where absent); the others are not checked for range.
        wants_input: whether ∂L/∂x_t is wanted too.
    """
    backend, xp, (T, K) = layer.backend, layer.backend.xp, injection.exponent.shape
    carry = Carry.nothing(layer, walked, K)
    mantissas = {name: _empty(xp, total, T + 1) for name, total in carry.totals.items()}
    used = np.zeros((T + 1, K), dtype=int)
    inputs = xp.empty(walked.inputs.shape, dtype=backend.dtype, device=mantissas["h"].device) if wants_input else None
    checked = np.ones(K, dtype=bool) if alive is None else alive
    stop, longest = T, chunk_length(backend, carry.totals["h"])
    length = longest
    while stop > 0:
        chunk = _walk_chunk(layer, walked, injection, carry, slice(max(stop - length, 0), stop), mantissas, checked)
        first, carry = chunk.first, chunk.carry
        used[first + 1 : stop + 1] = carry.exponent
        if gradients is not None:
            parts = layer.gradients(chunk.slopes, chunk.delta, chunk.walked.inputs, chunk.walked.before)
            gradients.add(parts, first, carry.exponent)
        if inputs is not None:
            inputs[first:stop] = unfold(xp, layer.down(fold(xp, chunk.delta)), stop - first)
        stop, length = first, min(longest, 2 * (stop - first))
    used[0] = carry.exponent
    return Adjoints(mantissas, used, inputs)


def chunk_length(backend: Backend, state: Array) -> int:
    """Steps that are worked on together: as many as leave their arrays in the cache."""
    values = int(np.prod(state.shape))
    return max(SHORTEST_CHUNK, min(LONGEST_CHUNK, 32 * backend.wide_step // values))


@dataclass(frozen=True, eq=False)
class Carry:
    """What goes from one chunk of steps to the one before it.

    Attributes:
        totals: by state (K, B, H), mantissas of the cotangents.
        exponent: (K,) theirs.
        top: (K,) exponent of the largest entry, `NO_EXPONENT` of a lane of zeros.
    """

    totals: Arrays
    exponent: np.ndarray
    top: np.ndarray

    @classmethod
    def nothing(cls, layer: Layer, walked: Trajectory, lanes: int) -> Carry:
        """From behind the last step nothing comes."""
        zeros = {name: layer.backend.xp.zeros_like(walked.states[name][0]) for name in layer.cell.carried}
        return cls(zeros, np.zeros(lanes, dtype=int), np.full(lanes, NO_EXPONENT))

    def rescaled(self, backend: Backend, exponent: np.ndarray) -> Arrays:
        """The totals as mantissas of another `exponent` (K,)."""
        shift = self.exponent - exponent
        if not shift.any():
            return self.totals
        scale = backend.asarray(power_of_two(shift, backend.numpy_dtype))[:, None, None]
        return {name: value * scale for name, value in self.totals.items()}


@dataclass(frozen=True, eq=False)
class _Chunk:
    """The steps from `first` on (0-based) up to an end that the caller knows, walked back with one exponent a lane.

    Attributes:
        walked: their forward pass. slopes: made of it. delta: (n, K, B, D).
        carry: what goes on to the step before, with the chunk's exponent.
    """

    first: int
    walked: Trajectory
    slopes: Arrays
    delta: Array
    carry: Carry


def _walk_chunk(
    layer: Layer,
    walked: Trajectory,
    injection: Injection,
    carry: Carry,
    steps: slice,
    mantissas: Arrays,
    alive: np.ndarray,
) -> _Chunk:
    """As many of `steps`, from the last back, as stay in the comfortable range; the rest is to be walked again.

    Writes the total derivatives into `mantissas`, and what goes on further back to the place before them.
    """
    backend, first, stop = layer.backend, steps.start, steps.stop
    limit = _comfortable_exponent(backend)
    exponent = _next_exponent(carry.exponent, np.maximum(carry.top, injection.top[stop - 1]), limit)
    chunk = walked.between(first, stop)
    slopes = layer.slopes(chunk.before, chunk.kept)
    written = {name: m[first : stop + 1] for name, m in mantissas.items()}
    arriving = _arriving(backend, injection, steps, exponent)
    totals, delta = _walk_freely(layer, slopes, arriving, carry.rescaled(backend, exponent), written)
    peaks = np.maximum.reduce([backend.to_numpy(lane_peaks(backend.xp, m)) for m in written.values()])
    if dropped := _uncomfortable_steps(peaks[:, alive], injection.top[first:stop, alive], limit):
        first, peaks, delta = first + dropped, peaks[dropped:], delta[dropped:]
        chunk, slopes = walked.between(first, stop), {name: s[dropped:] for name, s in slopes.items()}
        last_good = {name: m[dropped + 1] for name, m in written.items()}
        totals = layer.back({name: s[0] for name, s in slopes.items()}, last_good, delta[0])
        for name, value in totals.items():
            written[name][dropped] = value
        peaks[0] = np.maximum.reduce([backend.to_numpy(lane_peaks(backend.xp, value)) for value in totals.values()])
    top = exponents(peaks[0]) + np.where(peaks[0] > 0, exponent, 0)
    return _Chunk(first, chunk, slopes, delta, Carry(totals, exponent, top))


def _walk_freely(
    layer: Layer, slopes: Arrays, arriving: list[Array | None], d: Arrays, written: Arrays
) -> tuple[Arrays, Array]:
    """Plain recursion over n steps, last one first.

    Writes the total derivatives into `written` (n+1, K, B, H), index 0 what goes on further back, and returns the
    latter with all of delta (n, K, B, D).
    """
    cell, xp, p = layer.cell, layer.backend.xp, layer.parameters
    if kernel := _kernel(layer):
        for name, value in d.items():
            written[name][-1] = value
        all_deltas = kernel.backward(p, slopes, arriving, written)
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


def _kernel(layer: Layer) -> Kernel | None:
    return KERNELS.get(type(layer.cell)) if layer.backend.name == "numpy" else None


def _empty(xp: Any, like: Array, steps: int) -> Array:
    return xp.empty((steps, *like.shape), dtype=like.dtype, device=like.device)


def _arriving(backend: Backend, injection: Injection, steps: slice, exponent: np.ndarray) -> list[Array | None]:
    values = list(injection.values[steps])
    shift = injection.exponent[steps] - exponent
    if shift.any():
        scale = backend.asarray(power_of_two(shift, backend.numpy_dtype))[..., None, None]
        values = [v if v is None else v * s for v, s in zip(values, scale, strict=True)]
    return values


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
