"""One pass over lanes of one shape, forward and backward, through all layers and the readout: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.engine.walk import Adjoints, Injection, Trajectory, walk_backward, walk_forward
from explorer.engine.weight_gradients import ParameterSums, fold, unfold
from explorer.model.cells.contract import Arrays, Cell, Outer, Total, transposed
from explorer.model.losses import cross_entropy, squared_error
from explorer.model.tasks.contract import one_hot


@dataclass(frozen=True)
class Losses:
    """(T, K) losses, and the cotangents of the outputs at the steps `first` on: (n, K, B, O)."""

    step_loss: np.ndarray
    output_grads: Array
    first: int


def forward(
    cell: Cell, backend: Backend, p: Arrays, parameters: Sequence[Arrays], x: Array, initial: Sequence[Arrays]
) -> tuple[list[Trajectory], Array]:
    """The layers' trajectories, and the outputs (T, K, B, O): the readout, or h of the top layer without one.

    Args:
        p: all weights with a leading lane axis, under torch's names. parameters: the same, layer by layer.
        x: (T, K, B, I). initial: each layer's states (K, B, H).
    """
    xp = backend.xp
    layers = []
    for q, start in zip(parameters, initial, strict=True):
        layers.append(walk_forward(cell, backend, q, x, start))
        x = layers[-1].states["h"][1:]
    if "weight_out" not in p:
        return layers, x
    outputs = fold(xp, x) @ transposed(p["weight_out"]) + p["bias_out"][:, None, :]
    return layers, unfold(xp, outputs, x.shape[0])


def losses_of(backend: Backend, outputs: Array, targets: np.ndarray) -> Losses:
    """Of the last n steps, against `targets` (n, K, B, O) floats or (n, K, B) classes."""
    T, K, _, O = outputs.shape
    classes = targets.dtype.kind in "iu"
    loss = cross_entropy if classes else squared_error
    wanted = backend.asarray(one_hot(targets, O) if classes else targets)
    step_loss, first = np.zeros((T, K)), T - len(targets)
    values, output_grads = loss(backend.xp, outputs[first:], wanted)
    step_loss[first:] = backend.to_numpy(values)
    return Losses(step_loss, output_grads, first)


def backward(
    cell: Cell,
    backend: Backend,
    p: Arrays,
    parameters: Sequence[Arrays],
    layers: Sequence[Trajectory],
    losses: Losses,
    alive: np.ndarray,
    step_norms: bool = True,
) -> tuple[ParameterSums, list[Adjoints]]:
    """Every parameter's gradient, and each layer's adjoints, bottom layer first.

    Args:
        alive: (K,) lanes whose forward pass stayed finite.
        step_norms: whether the norm of each step's own part of a gradient is wanted too.
    """
    xp, (T, K) = backend.xp, losses.step_loss.shape
    cotangent, first, exponent = losses.output_grads, losses.first, None
    sums = ParameterSums(backend, T, K, step_norms)
    if "weight_out" in p:
        h = layers[-1].states["h"][1 + first :]
        sums.add({"weight_out": [Outer(cotangent, h)], "bias_out": [Total(cotangent)]}, first, np.zeros(K, dtype=int))
        cotangent = unfold(xp, fold(xp, cotangent) @ p["weight_out"], len(cotangent))
    adjoints: list[Adjoints] = []
    for layer in reversed(range(len(layers))):
        injection = Injection.at_steps(backend, cotangent, first, T, exponent)
        d = walk_backward(
            cell, backend, parameters[layer], layers[layer], injection, alive, sums, f"_l{layer}", wants_input=layer > 0
        )
        adjoints.insert(0, d)
        cotangent, first, exponent = d.input, 0, d.exponent[1:]
    return sums, adjoints
