"""Back-propagation through time: the forward and backward pass of one layer along the sequence, for K lanes at once.

The backward pass is linear in the adjoint, so the adjoint is stored as mantissa × 2^exponent per lane. A chunk of steps
runs with one exponent; where a lane leaves the safe range of floats, the rest of the chunk is run again with another
exponent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.base.scaling import NO_EXPONENT, exponents, lane_peaks, power_of_two
from explorer.engine.layer import Layer
from explorer.engine.trajectory import Adjoints, Injection, Trajectory
from explorer.engine.weight_gradients import WeightGradients, fold, unfold
from explorer.model.cells.contract import Arrays
from explorer.model.cells.kernels import KERNELS, Kernel

LONGEST_CHUNK, SHORTEST_CHUNK = 64, 16


def walk_forward(layer: Layer, x: Array, initial: Arrays) -> Trajectory:
    """Run all steps of one layer, from x (T, K, B, I) and the initial states (K, B, H)."""
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
            out = {name: state[first : first + length + 1] for name, state in states.items()}
            kernel.forward(p, drive, out, {name: value[first : first + length] for name, value in kept.items()})
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
    trajectory: Trajectory,
    injection: Injection,
    gradients: WeightGradients | None = None,
    alive: np.ndarray | None = None,
    wants_input: bool = False,
) -> Adjoints:
    """Run all steps of one layer backward, the last one first.

    Args:
        injection: the part of ∂L/∂h_t from the loss or the layer above.
        gradients: collects the layer's parameter gradients, if given.
        alive: (K,) lanes whose forward pass stayed finite (default: all); only these take part in the range check.
        wants_input: whether to compute ∂L/∂x_t too.
    """
    backend, xp, (T, K) = layer.backend, layer.backend.xp, injection.exponent.shape
    carry = Carry.zero(layer, trajectory, K)
    mantissas = {name: _empty(xp, total, T + 1) for name, total in carry.totals.items()}
    exponent = np.zeros((T + 1, K), dtype=int)
    inputs = (
        xp.empty(trajectory.inputs.shape, dtype=backend.dtype, device=mantissas["h"].device) if wants_input else None
    )
    lanes = np.ones(K, dtype=bool) if alive is None else alive
    stop, longest = T, chunk_length(backend, carry.totals["h"])
    length = longest
    while stop > 0:
        chunk = _run_chunk(layer, trajectory, injection, carry, slice(max(stop - length, 0), stop), mantissas, lanes)
        first, carry = chunk.first, chunk.carry
        exponent[first + 1 : stop + 1] = carry.exponent
        if gradients is not None:
            terms = layer.gradients(chunk.slopes, chunk.delta, chunk.trajectory.inputs, chunk.trajectory.before)
            gradients.add(terms, first, carry.exponent)
        if inputs is not None:
            inputs[first:stop] = unfold(xp, layer.down(fold(xp, chunk.delta)), stop - first)
        stop, length = first, min(longest, 2 * (stop - first))
    exponent[0] = carry.exponent
    return Adjoints(mantissas, exponent, inputs)


def chunk_length(backend: Backend, state: Array) -> int:
    """The number of steps in a chunk: as many as keep their arrays in the cache; `state` is (K, B, H)."""
    values = int(np.prod(state.shape))
    return max(SHORTEST_CHUNK, min(LONGEST_CHUNK, 32 * backend.wide_step // values))


@dataclass(frozen=True, eq=False)
class Carry:
    """The cotangents that go from one chunk of steps to the chunk before it.

    Attributes:
        totals: by state (K, B, H), mantissas of the cotangents.
        exponent: (K,) their exponent.
        top: (K,) exponent of the largest entry, `NO_EXPONENT` of a lane of zeros.
    """

    totals: Arrays
    exponent: np.ndarray
    top: np.ndarray

    @classmethod
    def zero(cls, layer: Layer, trajectory: Trajectory, lanes: int) -> Carry:
        """The carry behind the last step."""
        zeros = {name: layer.backend.xp.zeros_like(trajectory.states[name][0]) for name in layer.cell.carried}
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
    """The steps from `first` (0-based) to an end that the caller knows, run backward with one exponent per lane.

    Attributes:
        trajectory: their forward pass. slopes: its local derivatives. delta: (n, K, B, D).
        carry: the cotangents for the step before, with the chunk's exponent.
    """

    first: int
    trajectory: Trajectory
    slopes: Arrays
    delta: Array
    carry: Carry


def _run_chunk(
    layer: Layer,
    trajectory: Trajectory,
    injection: Injection,
    carry: Carry,
    steps: slice,
    mantissas: Arrays,
    alive: np.ndarray,
) -> _Chunk:
    """Run `steps` backward; return those at the end that stay in the safe range. The others have to be run again.

    Writes the total derivatives into `mantissas`, and the cotangents for the step before one index earlier.
    """
    backend, first, stop = layer.backend, steps.start, steps.stop
    limit = _safe_exponent(backend)
    exponent = _next_exponent(carry.exponent, np.maximum(carry.top, injection.top[stop - 1]), limit)
    chunk = trajectory.between(first, stop)
    slopes = layer.slopes(chunk.before, chunk.kept)
    out = {name: m[first : stop + 1] for name, m in mantissas.items()}
    arriving = _rescaled(backend, injection, steps, exponent)
    totals, delta = _run_unchecked(layer, slopes, arriving, carry.rescaled(backend, exponent), out)
    peaks = np.maximum.reduce([backend.to_numpy(lane_peaks(backend.xp, m)) for m in out.values()])
    if unsafe := _unsafe_steps(peaks[:, alive], injection.top[first:stop, alive], limit):
        first, peaks, delta = first + unsafe, peaks[unsafe:], delta[unsafe:]
        chunk, slopes = trajectory.between(first, stop), {name: s[unsafe:] for name, s in slopes.items()}
        first_totals = {name: m[unsafe + 1] for name, m in out.items()}
        totals = layer.back({name: s[0] for name, s in slopes.items()}, first_totals, delta[0])
        for name, value in totals.items():
            out[name][unsafe] = value
        peaks[0] = np.maximum.reduce([backend.to_numpy(lane_peaks(backend.xp, value)) for value in totals.values()])
    top = exponents(peaks[0]) + np.where(peaks[0] > 0, exponent, 0)
    return _Chunk(first, chunk, slopes, delta, Carry(totals, exponent, top))


def _run_unchecked(
    layer: Layer, slopes: Arrays, arriving: list[Array | None], d: Arrays, out: Arrays
) -> tuple[Arrays, Array]:
    """Plain recursion over n steps, the last one first, without a range check.

    Writes the total derivatives into `out` (n+1, K, B, H), at index 0 the cotangents for the step before; returns
    these cotangents and delta (n, K, B, D).
    """
    cell, xp, p = layer.cell, layer.backend.xp, layer.parameters
    if kernel := _kernel(layer):
        for name, value in d.items():
            out[name][-1] = value
        all_deltas = kernel.backward(p, slopes, arriving, out)
        return {name: m[0] for name, m in out.items()}, all_deltas
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
            out[name][n + 1] = value
        d = cell.backward(xp, p, rows[n], d, delta)
    for name, value in d.items():
        out[name][0] = value
    return d, deltas


def _kernel(layer: Layer) -> Kernel | None:
    return KERNELS.get(type(layer.cell)) if layer.backend.name == "numpy" else None


def _empty(xp: Any, like: Array, steps: int) -> Array:
    return xp.empty((steps, *like.shape), dtype=like.dtype, device=like.device)


def _rescaled(backend: Backend, injection: Injection, steps: slice, exponent: np.ndarray) -> list[Array | None]:
    values = list(injection.values[steps])
    shift = injection.exponent[steps] - exponent
    if shift.any():
        scale = backend.asarray(power_of_two(shift, backend.numpy_dtype))[..., None, None]
        values = [v if v is None else v * s for v, s in zip(values, scale, strict=True)]
    return values


def _next_exponent(current: np.ndarray, top: np.ndarray, limit: int) -> np.ndarray:
    """The exponent for the next chunk: the current one, unless its first step's `top` is far from it."""
    keep = (np.abs(top - current) <= limit // 2) | (top < NO_EXPONENT // 2)
    return np.where(keep, current, top)


def _safe_exponent(backend: Backend) -> int:
    """The limit e of the safe range 2^±e: its numbers keep their digits through a chunk's products, and their squares,
    which the norms compute in float64, neither overflow nor become 0. float32 uses more of its own, shorter range, as
    otherwise many chunks of small gradients would be run twice."""
    share = 0.3 if backend.numpy_dtype == np.float64 else 0.6
    return int(share * np.finfo(backend.numpy_dtype).maxexp)


def _unsafe_steps(peaks: np.ndarray, arriving_top: np.ndarray, limit: int) -> int:
    """The number of a chunk's first steps that have to be run again with another exponent.

    The last of them is the last step at which a lane left the safe range, or is zero although something arrives there
    (too small for the chunk's exponent). They are never all steps, because the exponent was chosen for the last one.

    Args:
        peaks: (n+1, K), index 0 for the step before the chunk. arriving_top: (n, K).
    """
    is_safe = (peaks >= 2.0**-limit) & (peaks <= 2.0**limit)
    nothing_arrives = np.vstack([np.full(peaks.shape[1], NO_EXPONENT), arriving_top]) == NO_EXPONENT
    unsafe = np.flatnonzero(~(is_safe | ((peaks == 0) & nothing_arrives)).all(axis=1))
    return min(int(unsafe[-1]), len(peaks) - 2) if len(unsafe) else 0
