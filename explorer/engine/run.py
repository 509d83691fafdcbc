"""From experiments to traces: `run` for one, `run_many` for many as lanes of shared passes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from explorer.base.backend import Array, Backend, open_backend
from explorer.base.scaling import log10_norm, times_power_of_two
from explorer.engine.experiment import Experiment, memory_budget, memory_estimate
from explorer.engine.network import BackwardPass, ForwardPass, Losses, Network
from explorer.engine.run_inputs import Supply, gather
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays, split
from explorer.model.clipping import clip_gradients


def run(
    experiment: Experiment,
    weights: Mapping[str, Any] | None = None,
    inputs: Any = None,
    targets: Any = None,
    initial_state: Mapping[str, Any] | None = None,
    output_grads: Any = None,
) -> Trace:
    """The trace of one exact forward and backward pass.

    Args:
        experiment: determines everything that is not given here.
        weights: in torch's names and layouts: ``weight_ih_l0`` (G·H, I), ``weight_hh_l0`` (G·H, H), ``bias_ih_l0``,
            ``bias_hh_l0`` (G·H,), … ``_l1``; and ``weight_out`` (O, H) with ``bias_out`` (O,). Without these two the
            output is h of the top layer. Arrays, nested lists or tensors. A cell's `parameters` list its weights where
            they differ: peepholes are ``weight_ci_l0`` (H,), an independent RNN's ``weight_hh_l0`` is (H,).
        inputs: (T, B, I).
        targets: floats (B, O) or (T, B, O) for squared error; integers (B,) or (T, B) for cross-entropy.
        initial_state: ``{"h": …}``, and the cell's other states (``"c"``), each (L, B, H); zeros where absent.
        output_grads: (T, B, O) cotangents of the outputs in place of targets and a loss.

    Raises:
        ExplorerError: an argument breaks a rule, which the message names.
    """
    supply = gather(experiment, weights, inputs, targets, initial_state, output_grads)
    return run_lanes([experiment], [supply])[0]


def run_many(experiments: Iterable[Experiment]) -> list[Trace]:
    """The traces of many experiments, in their order; those of one shape run as lanes of one pass.

    Traces of one pass share its memory: keeping one keeps them all. Lanes are split into several passes where together
    they would not fit into the memory budget or a CPU's cache.

    Raises:
        ExplorerError: a backend, a device or a task's data is not available.
    """
    experiments = list(experiments)
    supplies = [gather(e) for e in experiments]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index, (e, supply) in enumerate(zip(experiments, supplies, strict=True)):
        groups[_shape_key(e, supply)].append(index)
    traces: dict[int, Trace] = {}
    for members in groups.values():
        step = lanes_at_once(experiments[members[0]])
        for start in range(0, len(members), step):
            lanes = members[start : start + step]
            results = run_lanes([experiments[i] for i in lanes], [supplies[i] for i in lanes])
            traces.update(zip(lanes, results, strict=True))
    return [traces[i] for i in range(len(experiments))]


def lanes_at_once(e: Experiment) -> int:
    """The largest number of lanes like `e` in one pass, by the memory budget and by speed; at least 1."""
    by_memory = memory_budget() // memory_estimate(e)
    by_speed = open_backend(e.backend, e.device, e.dtype).wide_step // (e.batch_size * e.hidden_size)
    return max(1, min(by_memory, by_speed))


def _shape_key(e: Experiment, supply: Supply) -> tuple[Any, ...]:
    """The values that two experiments need to have in common to share a pass."""
    shapes = tuple(sorted((name, w.shape) for name, w in supply.weights.items()))
    assert supply.targets is not None
    targets = (supply.targets.shape, supply.targets.dtype.kind)
    return e.cell, e.activation, e.backend, e.device, e.dtype, supply.inputs.shape, shapes, targets


def run_lanes(experiments: Sequence[Experiment], supplies: Sequence[Supply]) -> list[Trace]:
    """The traces of one pass over experiments of one shape, as lanes."""
    started = time.perf_counter()
    e = experiments[0]
    backend = open_backend(e.backend, e.device, e.dtype)
    with backend.computing():
        network = Network.of(e, {n: np.stack([s.weights[n] for s in supplies]) for n in supplies[0].weights}, backend)
        forward_pass = network.forward(*_inputs(backend, supplies, e.num_layers))
        losses = _losses(forward_pass, supplies)
        lanes = _Lanes(network, forward_pass, losses, network.backward(forward_pass, losses))
    seconds = (time.perf_counter() - started) / len(experiments)
    return [lanes.trace(k, experiments[k], supplies[k], seconds) for k in range(len(experiments))]


def _inputs(backend: Backend, supplies: Sequence[Supply], layers: int) -> tuple[Array, list[Arrays]]:
    """The inputs (T, K, B, I), and each layer's initial states (K, B, H)."""
    names = supplies[0].initial_state
    x = backend.asarray(np.stack([s.inputs for s in supplies], axis=1))
    return x, [
        {name: backend.asarray(np.stack([s.initial_state[name][layer] for s in supplies])) for name in names}
        for layer in range(layers)
    ]


def _losses(forward_pass: ForwardPass, supplies: Sequence[Supply]) -> Losses:
    if supplies[0].targets is None:
        cotangents = forward_pass.backend.asarray(_stacked([s.output_grads for s in supplies]))
        return Losses(np.full(forward_pass.outputs.shape[:2], np.nan), cotangents, 0)
    return forward_pass.losses(_stacked([s.targets for s in supplies]))


def _stacked(arrays: Sequence[np.ndarray | None]) -> np.ndarray:
    """Lanes side by side, (T, K, B, …); lanes of one pass all have the array, or none has."""
    return np.stack([array for array in arrays if array is not None], axis=1)


class _Lanes:
    """The results of one pass, on the host, from which each lane's trace is cut."""

    def __init__(
        self, network: Network, forward_pass: ForwardPass, losses: Losses, backward_pass: BackwardPass
    ) -> None:
        backend, layers, adjoints = network.backend, forward_pass.layers, backward_pass.adjoints
        cell = network.cell

        def stacked(arrays: list[Array]) -> np.ndarray:
            host = [backend.to_numpy(a) for a in arrays]
            return host[0][None] if len(host) == 1 else np.stack(host)

        self.backend, self.losses, self.overflow = backend, losses, forward_pass.overflow
        self.states = {name: stacked([layer.states[name] for layer in layers]) for name in cell.states}
        gates = [split(layer.kept["gates"], len(cell.gates)) for layer in layers] if cell.gates else []
        self.gates = {name: stacked([layer[i] for layer in gates]) for i, name in enumerate(cell.gates)}
        self.outputs, self.output_grads = backend.to_numpy(forward_pass.outputs), backend.to_numpy(losses.output_grads)
        exponent = np.stack([a.exponent for a in adjoints])
        mantissas = {n: stacked([a.mantissas[n] for a in adjoints]) for n in cell.carried}
        with np.errstate(all="ignore"):
            self.norms = {n: log10_norm(m, exponent) for n, m in mantissas.items()}
            self.grads = {n: times_power_of_two(m, exponent[..., None, None]) for n, m in mantissas.items()}
            self.totals = backward_pass.gradients.totals()
        self.step_norms = backward_pass.gradients.log10_step_norms

    def trace(self, k: int, experiment: Experiment, supply: Supply, seconds: float) -> Trace:
        """The trace of lane `k`; where its forward pass overflowed, gradients do not exist and are NaN."""
        overflow = int(self.overflow[k])

        def gradient(array: np.ndarray, axis: int) -> np.ndarray:
            values = _lane(array, k, axis)
            return np.full_like(values, np.nan) if overflow else values

        weight_grads = {name: gradient(self.totals[name], 0) for name in supply.weights}
        clipped, report = clip_gradients(weight_grads, experiment.clip, experiment.clip_threshold)
        step_loss = _lane(self.losses.step_loss, k, 1)
        return Trace(
            experiment=experiment,
            states={name: _lane(s, k, 2) for name, s in self.states.items()},
            gates={name: _lane(g, k, 2) for name, g in self.gates.items()},
            outputs=_lane(self.outputs, k, 1),
            output_grads=gradient(self.output_grads, 1),
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
    """One lane of a pass, as a view."""
    return np.moveaxis(array, axis, 0)[k]
