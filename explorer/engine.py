"""From experiments to traces: `run` for one, `run_many` for lanes of one pass."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.backend import Array, Backend, open_backend
from explorer.bptt import (
    Adjoints,
    Injection,
    Trajectory,
    first_overflow,
    layer_parameters,
    walk_backward,
    walk_forward,
)
from explorer.cells import make_cell
from explorer.cells.contract import Arrays, Cell, Outer, Term, Total, transposed
from explorer.clipping import clip_gradients
from explorer.experiment import Experiment, memory_budget, memory_estimate
from explorer.losses import cross_entropy, squared_error
from explorer.parameter_gradients import fold, log10_step_norms, total_gradient, unfold
from explorer.scaling import log10_norm
from explorer.supplied import Supply, gather
from explorer.tasks.contract import one_hot
from explorer.trace import Trace


def run(
    experiment: Experiment,
    weights: Mapping[str, Any] | None = None,
    inputs: Any = None,
    targets: Any = None,
    initial_state: Mapping[str, Any] | None = None,
    output_grads: Any = None,
) -> Trace:
    """One exact forward and backward pass.

    Args:
        experiment: decides everything that is not given here.
        weights: in torch's names and layouts: ``weight_ih_l0`` (G·H, I), ``weight_hh_l0`` (G·H, H), ``bias_ih_l0``,
            ``bias_hh_l0`` (G·H,), … ``_l1``; and ``weight_out`` (O, H) with ``bias_out`` (O,). Without these two the
            output is h of the top layer. Arrays, nested lists or tensors.
        inputs: (T, B, I).
        targets: floats (B, O) or (T, B, O) for squared error; integers (B,) or (T, B) for cross-entropy.
        initial_state: ``{"h": …}``, for an LSTM also ``"c"``, each (L, B, H); zeros where absent.
        output_grads: (T, B, O) cotangents of the outputs in place of targets and a loss.

    Raises:
        ExplorerError: what was given breaks a rule; the sentence says which.
    """
    supply = gather(experiment, weights, inputs, targets, initial_state, output_grads)
    return _run_lanes([experiment], [supply])[0]


def run_many(experiments: Iterable[Experiment]) -> list[Trace]:
    """The traces of many experiments, in their order; those of one shape run as lanes of one pass.

    Lanes are split into several passes where they would not fit into the memory budget together.
    """
    experiments = list(experiments)
    supplies = [gather(e) for e in experiments]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index, (e, supply) in enumerate(zip(experiments, supplies, strict=True)):
        groups[_shape_of(e, supply)].append(index)
    traces: dict[int, Trace] = {}
    for members in groups.values():
        at_once = max(1, memory_budget() // memory_estimate(experiments[members[0]]))
        for start in range(0, len(members), at_once):
            lanes = members[start : start + at_once]
            results = _run_lanes([experiments[i] for i in lanes], [supplies[i] for i in lanes])
            traces.update(zip(lanes, results, strict=True))
    return [traces[i] for i in range(len(experiments))]


def _shape_of(e: Experiment, supply: Supply) -> tuple[Any, ...]:
    """What has to agree for two experiments to share a pass."""
    shapes = tuple(sorted((name, w.shape) for name, w in supply.weights.items()))
    assert supply.targets is not None
    targets = (supply.targets.shape, supply.targets.dtype.kind)
    return e.cell, e.activation, e.backend, e.device, e.dtype, supply.inputs.shape, shapes, targets


@dataclass(frozen=True)
class _Losses:
    """(T, K) losses, and the cotangents of the outputs at the steps `first` on: (n, K, B, O)."""

    step_loss: np.ndarray
    output_grads: Array
    first: int


def _run_lanes(experiments: Sequence[Experiment], supplies: Sequence[Supply]) -> list[Trace]:
    """One pass over the lanes, all of one shape."""
    started = time.perf_counter()
    e = experiments[0]
    backend = open_backend(e.backend, e.device, e.dtype)
    cell = make_cell(e.cell, activation=e.activation)
    with backend.computing():
        p = {n: backend.asarray(np.stack([s.weights[n] for s in supplies])) for n in supplies[0].weights}
        layers, outputs = _forward(cell, backend, p, supplies, e.num_layers)
        overflow = first_overflow(backend, layers, outputs)
        losses = _losses(backend, outputs, supplies)
        terms, adjoints = _backward(cell, backend, p, layers, outputs, losses, overflow == 0)
        totals = {name: total_gradient(backend, t, exponent) for name, (t, exponent) in terms.items()}
        norms = {name: log10_step_norms(backend, t, exponent) for name, (t, exponent) in terms.items()}
    lanes = _Lanes(backend, layers, outputs, losses, adjoints, totals, norms, overflow)
    seconds = (time.perf_counter() - started) / len(experiments)
    return [lanes.trace(k, experiments[k], supplies[k], seconds) for k in range(len(experiments))]


def _forward(
    cell: Cell, backend: Backend, p: Arrays, supplies: Sequence[Supply], num_layers: int
) -> tuple[list[Trajectory], Array]:
    xp = backend.xp
    x = backend.asarray(np.stack([s.inputs for s in supplies], axis=1))
    layers = []
    for layer in range(num_layers):
        initial = {
            name: backend.asarray(np.stack([s.initial_state[name][layer] for s in supplies])) for name in cell.state_names
        }
        layers.append(walk_forward(cell, xp, layer_parameters(p, layer), x, initial))
        x = layers[-1].states["h"][1:]
    if "weight_out" not in p:
        return layers, x
    outputs = fold(xp, x) @ transposed(p["weight_out"]) + p["bias_out"][:, None, :]
    return layers, unfold(xp, outputs, x.shape[0])


def _losses(backend: Backend, outputs: Array, supplies: Sequence[Supply]) -> _Losses:
    T, K, _, O = outputs.shape
    step_loss = np.zeros((T, K))
    if supplies[0].targets is None:
        given = backend.asarray(np.stack([s.output_grads for s in supplies], axis=1))
        return _Losses(np.full((T, K), np.nan), given, 0)
    targets = np.stack([s.targets for s in supplies], axis=1)
    classes = targets.dtype.kind in "iu"
    loss = cross_entropy if classes else squared_error
    wanted = backend.asarray(one_hot(targets, O) if classes else targets)
    first = T - len(targets)
    values, output_grads = loss(backend.xp, outputs[first:], wanted)
    step_loss[first:] = backend.to_numpy(values)
    return _Losses(step_loss, output_grads, first)


def _backward(
    cell: Cell,
    backend: Backend,
    p: Arrays,
    layers: Sequence[Trajectory],
    outputs: Array,
    losses: _Losses,
    alive: np.ndarray,
) -> tuple[dict[str, tuple[list[Term], np.ndarray]], list[Adjoints]]:
    """Every parameter's terms with the exponents of their left sides, and each layer's adjoints, bottom layer first."""
    xp, (T, K) = backend.xp, outputs.shape[:2]
    cotangent, first, exponent = losses.output_grads, losses.first, None
    terms: dict[str, tuple[list[Term], np.ndarray]] = {}
    if "weight_out" in p:
        h, zeros = layers[-1].states["h"][1 + first :], np.zeros((len(cotangent), K), dtype=int)
        terms["weight_out"] = ([Outer(cotangent, h)], zeros)
        terms["bias_out"] = ([Total(cotangent)], zeros)
        cotangent = unfold(xp, fold(xp, cotangent) @ p["weight_out"], len(cotangent))
    adjoints: list[Adjoints] = []
    for layer in reversed(range(len(layers))):
        q, walked = layer_parameters(p, layer), layers[layer]
        slopes = cell.slopes(xp, q, walked.before, walked.after, walked.gates)
        injection = Injection.at_steps(backend, cotangent, first, T, exponent)
        d = walk_backward(cell, backend, q, slopes, injection, alive)
        delta = cell.delta(xp, q, slopes, d.after)
        parts = cell.terms(xp, q, slopes, d.after, delta, walked.inputs, walked.before)
        terms |= {f"{name}_l{layer}": (t, d.exponent[1:]) for name, t in parts.items()}
        adjoints.insert(0, d)
        if layer > 0:
            cotangent = unfold(xp, fold(xp, delta) @ q["weight_ih"], T)
            first, exponent = 0, d.exponent[1:]
    return terms, adjoints


class _Lanes:
    """The results of one pass, on the host, from which each lane's trace is cut."""

    def __init__(
        self,
        backend: Backend,
        layers: Sequence[Trajectory],
        outputs: Array,
        losses: _Losses,
        adjoints: Sequence[Adjoints],
        totals: Mapping[str, np.ndarray],
        norms: Mapping[str, np.ndarray],
        overflow: np.ndarray,
    ) -> None:
        host = backend.to_numpy
        names = layers[0].states
        self.backend, self.losses, self.totals, self.overflow = backend, losses, totals, overflow
        self.states = {n: np.stack([host(layer.states[n]) for layer in layers]) for n in names}
        self.gates = {n: np.stack([host(layer.gates[n]) for layer in layers]) for n in layers[0].gates}
        self.outputs = host(outputs)
        exponent = np.stack([a.exponent for a in adjoints])
        mantissas = {n: np.stack([host(a.mantissas[n]) for a in adjoints]) for n in names}
        with np.errstate(all="ignore"):
            self.norms = {n: log10_norm(m, exponent) for n, m in mantissas.items()}
            self.grads = {n: np.ldexp(m, exponent[..., None, None]) if exponent.any() else m for n, m in mantissas.items()}
        self.step_norms = {name: _over_all_steps(value, len(self.outputs)) for name, value in norms.items()}

    def trace(self, k: int, experiment: Experiment, supply: Supply, seconds: float) -> Trace:
        """Lane `k` on its own; its gradients are NaN where the forward pass overflowed: they do not exist."""
        overflow = int(self.overflow[k])

        def gradient(array: np.ndarray, axis: int) -> np.ndarray:
            cut = _lane(array, k, axis)
            return np.full_like(cut, np.nan) if overflow else cut

        weight_grads = {name: gradient(self.totals[name], 0) for name in supply.weights}
        clipped, report = clip_gradients(weight_grads, experiment.clip, experiment.clip_threshold)
        step_loss = _lane(self.losses.step_loss, k, 1)
        return Trace(
            experiment=experiment,
            states={name: _lane(s, k, 2) for name, s in self.states.items()},
            gates={name: _lane(g, k, 2) for name, g in self.gates.items()},
            outputs=_lane(self.outputs, k, 1),
            loss=float(step_loss.sum()),
            step_loss=step_loss,
            state_grads={name: gradient(g, 2) for name, g in self.grads.items()},
            log10_state_grad_norm={name: gradient(g, 2) for name, g in self.norms.items()},
            weight_grads=weight_grads,
            clipped_weight_grads=clipped,
            clip=report,
            log10_step_weight_grad_norm={name: gradient(self.step_norms[name], 1) for name in supply.weights},
            overflow_step=overflow or None,
            weights=supply.weights,
            inputs=supply.inputs,
            supplied=supply.supplied,
            backend=self.backend.label,
            seconds=seconds,
        )


def _lane(array: np.ndarray, k: int, axis: int) -> np.ndarray:
    """One lane; a copy where there are others, so that keeping it does not keep them all."""
    return array.squeeze(axis) if array.shape[axis] == 1 else array.take(k, axis)


def _over_all_steps(log10_norms: np.ndarray, steps: int) -> np.ndarray:
    """(n, K) of the last n steps → (T, K): the steps before contributed exactly nothing."""
    missing = steps - len(log10_norms)
    return log10_norms if missing == 0 else np.pad(log10_norms, ((missing, 0), (0, 0)), constant_values=-np.inf)
