"""What linear theory expects of the gradient: the spectral radius of one step at rest.

Linearised at the origin (zero state, zero input), a step multiplies a cotangent by the transposed Jacobian J, so far
back the gradient's norm changes by ρ(J) a step. For an RNN without biases J = φ′(0) W_hh; Pascanu, Mikolov & Bengio
2013, section 2. The Jacobian comes from pulling the identity through the cell's own `backward`.
"""

from __future__ import annotations

import numpy as np

from explorer.base.backend import open_backend
from explorer.engine.trace import Trace
from explorer.engine.walk import layer_parameters
from explorer.model.cells import make_cell
from explorer.model.cells.contract import Arrays


def rates_at_rest(trace: Trace) -> np.ndarray:
    """(L,) log10 ρ(J) of each layer: decades a step; −inf where J has no eigenvalue but zero."""
    e = trace.experiment
    return np.array([_rate(trace, layer) for layer in range(e.num_layers)])


def _rate(trace: Trace, layer: int) -> float:
    radius = float(np.abs(np.linalg.eigvals(jacobian_at_rest(trace, layer))).max())
    return float(np.log10(radius)) if radius > 0 else -np.inf


def jacobian_at_rest(trace: Trace, layer: int) -> np.ndarray:
    """(S·H, S·H): ∂(states at t)/∂(states at t−1) at zero state and input, states in the cell's order."""
    e = trace.experiment
    backend = open_backend("numpy")
    xp, H = backend.xp, e.hidden_size
    cell = make_cell(e.cell, activation=e.activation)
    p = layer_parameters(xp, {name: np.asarray(w, float)[None] for name, w in trace.weights.items()}, layer)
    size = len(cell.state_names) * H
    with backend.computing():
        rest = {name: np.zeros((1, 1, H)) for name in cell.state_names}
        drive = cell.drive(xp, p, np.zeros((1, 1, p["weight_ih"].shape[-1])))
        _, kept = cell.forward(xp, p, drive, rest)
        at_rest = {name: np.broadcast_to(s, (1, size, s.shape[-1])) for name, s in cell.slopes(xp, rest, kept).items()}
        identity = np.eye(size)[None]
        d: Arrays = {name: identity[..., n * H : (n + 1) * H] for n, name in enumerate(cell.state_names)}
        d = cell.total(xp, at_rest, d)
        back = cell.backward(xp, p, at_rest, d, cell.delta(xp, p, at_rest, d))
    return np.concatenate([back[name][0] for name in cell.state_names], axis=-1)
