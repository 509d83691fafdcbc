"""One pass of another cell on the run of a trace: the same weights and inputs, and the same cotangents of the outputs.

So the two curves differ by the formula alone. A wrong backward pass is a cell whose `backward` is wrong; a wrong
forward pass is a cell with other equations and their true derivative. The walk itself is the engine's, so a wrong
gradient may be as small as 1e-900.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import Array
from explorer.base.scaling import log10_norm
from explorer.engine.layer import Layer
from explorer.engine.network import Network
from explorer.engine.trace import Trace
from explorer.engine.trajectory import Adjoints, Injection, Trajectory
from explorer.engine.walk import walk_backward, walk_forward
from explorer.engine.weight_gradients import WeightGradients, fold
from explorer.model.cells.contract import Arrays


@dataclass(frozen=True, eq=False)
class Walk:
    """The top layer of one pass, in float64; one lane.

    Attributes:
        trajectory: its forward pass.
        adjoints: its backward pass; None where a state was not finite.
        log10_norms: state name → (T,) log10 of the norm of ∂L/∂state_t; NaN without a backward pass.
        log10_shares: (T,) log10 of the norm of each step's contribution to ∂L/∂weight_hh; NaN without a backward pass.
    """

    trajectory: Trajectory
    adjoints: Adjoints | None
    log10_norms: Mapping[str, np.ndarray]
    log10_shares: np.ndarray


def walk(cell: Any, trace: Trace, weights: Mapping[str, np.ndarray] | None = None) -> Walk:
    """Run `cell` on the trace's weights, or on `weights` in their place, which have the same names and shapes.

    Args:
        cell: a `Cell`, or an object with those of its methods that a pass needs.
    """
    network = Network.of_trace(trace, weights, cell)
    x = np.asarray(trace.inputs, float)[:, None]
    with network.backend.computing():
        for number, layer in enumerate(network.layers):
            trajectory = walk_forward(layer, x, _initial(cell, trace, number))
            x = trajectory.states["h"][1:]
        cotangent = np.asarray(trace.output_grads, float)[:, None]
        if "weight_out" in network.weights:
            cotangent = cotangent @ network.weights["weight_out"]
        return _back(layer, trajectory, cotangent)


def _initial(cell: Any, trace: Trace, layer: int) -> Arrays:
    """The trace's own initial states, (1, B, H) each; a state that its cell does not have starts at zero."""
    zero = np.zeros_like(trace.states["h"][layer, :1], dtype=float)
    return {n: trace.states[n][layer, :1].astype(float) if n in trace.states else zero for n in cell.states}


def _back(layer: Layer, trajectory: Trajectory, cotangent: Array) -> Walk:
    T, nan = len(trajectory.inputs), np.full(len(trajectory.inputs), np.nan)
    if not all(np.isfinite(s).all() for s in (cotangent, *trajectory.states.values())):
        return Walk(trajectory, None, dict.fromkeys(layer.cell.carried, nan), nan)
    injection = Injection.at_steps(layer.backend, cotangent, T - len(cotangent), T)
    gradients = WeightGradients(layer.backend, T, 1)
    adjoints = walk_backward(layer, trajectory, injection, gradients)
    norms = {name: log10_norm(m[1:], adjoints.exponent[1:])[:, 0] for name, m in adjoints.mantissas.items()}
    return Walk(trajectory, adjoints, norms, gradients.log10_step_norms[f"weight_hh{layer.suffix}"][:, 0])


def direction(cell: Any, back: Walk) -> np.ndarray:
    """(H, H) ∂L/∂weight_hh of an RNN, scaled by a positive number so that it is finite at any size; NaN after overflow.

    All steps are brought to the scale of the largest; those that then round to zero add nothing to the sum.
    """
    if back.adjoints is None:
        return np.full((1, 1), np.nan)
    dh, exponent = back.adjoints.mantissas["h"][1:], back.adjoints.exponent[1:]
    nonzero = np.abs(dh).max(axis=(-2, -1)) > 0
    largest = exponent[nonzero].max(initial=exponent.min())
    with np.errstate(under="ignore"):
        dh = np.ldexp(dh, np.minimum(exponent - largest, 0)[..., None, None])
    slopes = cell.slopes(np, back.trajectory.before, back.trajectory.kept)
    delta = cell.delta(np, {}, slopes, {"h": dh})
    return (fold(np, delta).swapaxes(-1, -2) @ fold(np, back.trajectory.before["h"]))[0]
