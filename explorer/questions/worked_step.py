"""The worked step: a cell's equations with the numbers of one unit in them, at every step of the sequence.

The trace's plain gradients end near 1e±308, so the backward pass is walked again with mantissas and exponents. The
other numbers of the equations (gates, δ, sums) follow from the trace's states and these adjoints, for all steps at
once, in float64 whatever the precision of the trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.arithmetic import evaluate
from explorer.base.backend import Backend
from explorer.base.errors import ExplorerError
from explorer.base.scaling import log10_norm, times_power_of_two
from explorer.engine.layer import Layer
from explorer.engine.network import Network
from explorer.engine.trace import Trace
from explorer.engine.trajectory import Adjoints, Injection, Trajectory
from explorer.engine.walk import chunk_length, walk_backward
from explorer.engine.weight_gradients import fold, unfold
from explorer.model.cells.contract import Arrays, Cell
from explorer.model.cells.reading import Equation, Part

FEW = 3  # terms of a sum that are listed


@dataclass(frozen=True, eq=False)
class LargestTerms:
    """The largest terms of Σ_k W_hh[k, j] v_k at each step, the largest first; of equal ones the first block and unit.

    Attributes:
        names: the name of v in each block of the sum.
        block, unit: (T, 3) index into `names`, and k; fewer columns where the sum has fewer terms.
        weight, value: (T, 3) W_hh[k, j], and v_k as a mantissa with the exponent of `WorkedSteps`.
    """

    names: tuple[str, ...]
    block: np.ndarray
    unit: np.ndarray
    weight: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class WorkedSteps:
    """The numbers of one unit of one sequence at the steps 1 to T, forward and backward; float64.

    Attributes:
        equations: the cell's equations, forward ones first.
        forward: name → (T,), for every name of the forward pass.
        backward: name → (T,) mantissas, NaN where the forward pass overflowed. A value more than 10²⁰⁰ times smaller
            than the layer's largest derivative at its step may be 0.
        exponent: (T,) integers; a backward value is mantissa × 2^exponent.
        roads: state name → (T,) log10 of the norm, over batch and units, of the gradient that goes from step t to t−1
            along that state; −inf only for an exact zero, NaN where the forward pass overflowed.
        largest: backward sum (such as ``w_delta``) → its largest terms.
    """

    equations: tuple[Equation, ...]
    forward: Mapping[str, np.ndarray]
    backward: Mapping[str, np.ndarray]
    exponent: np.ndarray
    roads: Mapping[str, np.ndarray]
    largest: Mapping[str, LargestTerms]


def worked_steps(trace: Trace, unit: int = 0, sequence: int = 0, layer: int = -1) -> WorkedSteps:
    """Fill the equations of one layer's cell with the numbers of `unit` in `sequence`; layer −1 is the top one.

    Raises:
        ExplorerError: there is no such unit, sequence or layer.
    """
    e = trace.experiment
    _check("unit", unit, 0, e.hidden_size - 1)
    _check("sequence", sequence, 0, e.batch_size - 1)
    _check("layer", layer, -e.num_layers, e.num_layers - 1)
    layer %= e.num_layers
    network = Network.of_trace(trace)
    cell, steps = network.cell, network.layers[layer]
    with network.backend.computing():
        back = _walk_back(network, trace, layer)
        values = _Values(steps, _known_values(steps, trace, layer, sequence, back))
        for name in cell.carried:
            values[f"d{name}_next"] = _from_next_step(values[f"d{name}_before"], back.exponent)
        largest = {name: values.largest(name, unit) for name in _sums(cell, "backward")}
        forward = {name: values[name][:, unit].copy() for name in _forward_names(cell)}
        backward = {name: values[name][:, unit].copy() for name in _backward_names(cell)}
    return WorkedSteps(cell.reading.lines, forward, backward, back.exponent, back.roads, largest)


def _check(parameter: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        rule = f"must be a whole number between {low} and {high}" if low < high else f"must be {low}"
        raise ExplorerError(parameter, rule, value, f"Try {high}.")


def _backward_names(cell: Cell) -> list[str]:
    """Arriving gradients, left sides of the equations, sums."""
    arriving = [f"d{name}_next" for name in cell.carried]
    return ["loss_h", *arriving, *cell.reading.of("backward"), *_sums(cell, "backward")]


def _forward_names(cell: Cell) -> list[str]:
    before, reading = [f"{name}_before" for name in cell.states], cell.reading
    return [*before, *reading.drives, *cell.diagonals(), *_sums(cell, "forward"), *reading.of("forward")]


def _sums(cell: Cell, part: Part) -> list[str]:
    return [name for name, s in cell.reading.sums.items() if s.part == part]


class _Values(dict[str, np.ndarray]):
    """Name → (T, H): the known values; equations and sums are evaluated when their name is first looked up."""

    def __init__(self, layer: Layer, known: Mapping[str, np.ndarray]) -> None:
        super().__init__(known)
        cell = layer.cell
        self._lines, self._sums = {line.left: line.right for line in cell.reading.lines}, cell.reading.sums
        self._blocks, self._p = cell.blocks, {letter: layer.parameters[n] for letter, n in cell.by_letter().items()}

    def __missing__(self, name: str) -> np.ndarray:
        self[name] = self._summed(name) if name in self._sums else evaluate(self._lines[name], self.__getitem__)
        return self[name]

    def _summed(self, name: str) -> np.ndarray:
        s = self._sums[name]
        matrices = {block: w.T if s.part == "forward" else w for block, w in self._rows(s.weight).items()}
        total = sum(self[v] @ matrices[block] for block, v in s.terms.items())
        return total + sum(self._rows(s.bias)[block] for block in s.terms) if s.bias else total

    def _rows(self, letter: str) -> dict[str, np.ndarray]:
        """Block name → its rows."""
        return dict(zip(self._blocks, np.split(self._p[letter][0], len(self._blocks)), strict=True))

    def largest(self, name: str, unit: int) -> LargestTerms:
        """The largest terms of a backward sum, each the maximum of the rest: cheaper than sorting; ties go in order."""
        terms, rows_of = self._sums[name].terms, self._rows(self._sums[name].weight)
        weight = np.concatenate([rows_of[block][:, unit] for block in terms])
        value = np.concatenate([self[v] for v in terms.values()], axis=-1)
        size, rows, picks = np.abs(weight * value), np.arange(len(value)), []
        for _ in range(min(FEW, len(weight))):
            picks.append(np.argmax(size, axis=-1))
            size[rows, picks[-1]] = -1.0
        indices = np.stack(picks, axis=-1)
        block, k = np.divmod(indices, len(weight) // len(terms))
        return LargestTerms(tuple(terms.values()), block, k, weight[indices], value[rows[:, None], indices])


@dataclass(frozen=True, eq=False)
class _BackwardWalk:
    """One layer's backward walk: total derivatives (T, B, H) by state, and `injected` (T, B, H) by the loss or the
    layer above, as mantissas with `exponent` (T,); and `roads` as in `WorkedSteps`."""

    totals: Arrays
    injected: np.ndarray
    exponent: np.ndarray
    roads: Arrays


def _known_values(layer: Layer, trace: Trace, number: int, sequence: int, back: _BackwardWalk) -> dict[str, np.ndarray]:
    """Name → (T, H): the values that no equation or sum gives, and the total derivatives from the backward walk."""
    drives, p = layer.cell.reading.drives, layer.parameters
    drive = np.split(layer.drive(_inputs(trace, number)[None, :, sequence])[0], len(drives), axis=-1)
    return {
        **dict(zip(drives, drive, strict=True)),
        **{letter: np.broadcast_to(p[name], drive[0].shape) for letter, name in layer.cell.diagonals().items()},
        **{f"{name}_before": s[number, :-1, sequence].astype(float) for name, s in trace.states.items()},
        **{f"d{name}": d[:, sequence] for name, d in back.totals.items()},
        "loss_h": back.injected[:, sequence],
    }


def _from_next_step(before: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """(T, H) gradients that each step sends back → those that it receives, in its own exponent; the last receives 0."""
    shift = exponent[1:] - exponent[:-1]
    last = np.where(np.isnan(before[-1:]), np.nan, 0.0)  # NaN where there is no derivative
    return np.concatenate([times_power_of_two(before[1:], shift[:, None]), last])


def _walk_back(network: Network, trace: Trace, number: int) -> _BackwardWalk:
    """Walk back from the top layer down to layer `number`; each layer receives the gradient from the one above."""
    T, B, H = trace.states["h"][number, 1:].shape
    backend, names = network.backend, network.cell.carried
    if trace.overflow_step is not None:
        nan = np.full((T, B, H), np.nan)
        return _BackwardWalk(dict.fromkeys(names, nan), nan, np.zeros(T, dtype=int), dict.fromkeys(names, nan[:, 0, 0]))
    cotangent = backend.asarray(trace.output_grads)[:, None]
    if "weight_out" in trace.weights:
        cotangent = cotangent @ backend.asarray(trace.weights["weight_out"])
    exponent = None
    for n in reversed(range(number, len(network.layers))):
        layer, trajectory = network.layers[n], _rebuilt_trajectory(network.layers[n], trace, n)
        injection = Injection.at_steps(backend, cotangent, T - len(cotangent), T, exponent)
        adjoints = walk_backward(layer, trajectory, injection, wants_input=n > number)
        if n > number:
            cotangent, exponent = adjoints.input, adjoints.exponent[1:]
    exponents = adjoints.exponent[1:, 0]
    injected = np.zeros((T, B, H))
    injected[T - len(cotangent) :] = cotangent[:, 0]
    injected = times_power_of_two(injected, (injection.exponent[:, 0] - exponents)[:, None, None])
    totals = {name: m[1:, 0] for name, m in adjoints.mantissas.items()}
    return _BackwardWalk(totals, injected, exponents, _roads(layer, trajectory, adjoints))


def _rebuilt_trajectory(layer: Layer, trace: Trace, number: int) -> Trajectory:
    """The layer's forward pass, rebuilt from its known states: all steps of a stretch run as one batch."""
    backend, xp = layer.backend, layer.backend.xp
    x = backend.asarray(_inputs(trace, number))[:, None]
    states = {name: backend.asarray(s[number])[:, None] for name, s in trace.states.items()}
    kept: list[Arrays] = []
    for first, stop in _stretches(backend, states["h"]):
        before = {name: fold(xp, s[first:stop]) for name, s in states.items()}
        _, k = layer.step(layer.drive(fold(xp, x[first:stop])), before)
        kept.append({name: unfold(xp, value, stop - first) for name, value in k.items()})
    return Trajectory(x, states, {name: np.concatenate([k[name] for k in kept]) for name in kept[0]})


def _roads(layer: Layer, trajectory: Trajectory, d: Adjoints) -> dict[str, np.ndarray]:
    """State name → (T,) log10 norm of the gradient that a step sends back; a stretch of steps runs as one batch."""
    xp = layer.backend.xp
    norms: dict[str, list[np.ndarray]] = {name: [] for name in layer.cell.carried}
    for first, stop in _stretches(layer.backend, trajectory.states["h"]):
        part = trajectory.between(first, stop)
        slopes = {name: fold(xp, s) for name, s in layer.slopes(part.before, part.kept).items()}
        totals = {name: fold(xp, m[first + 1 : stop + 1]) for name, m in d.mantissas.items()}
        cotangents = layer.back(slopes, totals, layer.delta(slopes, totals))
        for name, value in cotangents.items():
            norms[name].append(log10_norm(unfold(xp, value, stop - first), d.exponent[first + 1 : stop + 1])[:, 0])
    return {name: np.concatenate(parts) for name, parts in norms.items()}


def _stretches(backend: Backend, states: Any) -> Sequence[tuple[int, int]]:
    """Split the steps of `states` (T+1, …) into stretches (first, stop), 0-based, whose arrays fit into the cache."""
    T, length = len(states) - 1, chunk_length(backend, states[0])
    return [(first, min(first + length, T)) for first in range(0, T, length)]


def _inputs(trace: Trace, layer: int) -> np.ndarray:
    """(T, B, I) the inputs of the layer."""
    return trace.states["h"][layer - 1, 1:] if layer else trace.inputs
