"""The gradient's rate in linear theory: the spectral radius of one step at rest.

Linearised at the origin (zero state, zero input), a step multiplies a cotangent by the transposed Jacobian J, so far
from the loss the gradient's norm changes by the factor ρ(J) per step. For an RNN without biases J = φ′(0) W_hh;
Pascanu, Mikolov & Bengio 2013, section 2. The Jacobian is the identity, pulled through the cell's own `backward`.
"""

from __future__ import annotations

import numpy as np

from explorer.engine.network import Network
from explorer.engine.trace import Trace


def rates_at_rest(trace: Trace) -> np.ndarray:
    """(L,) log10 ρ(J) of each layer, in decades per step; −inf where all eigenvalues of J are zero."""
    e = trace.experiment
    return np.array([_rate(trace, layer) for layer in range(e.num_layers)])


def _rate(trace: Trace, layer: int) -> float:
    radius = float(np.abs(np.linalg.eigvals(jacobian_at_rest(trace, layer))).max())
    return float(np.log10(radius)) if radius > 0 else -np.inf


def jacobian_at_rest(trace: Trace, layer: int) -> np.ndarray:
    """(S·H, S·H): ∂(states at t)/∂(states at t−1) at zero state and input, states in the cell's order."""
    network, H = Network.of_trace(trace), trace.experiment.hidden_size
    steps, names = network.layers[layer], network.cell.carried
    size = len(names) * H
    with network.backend.computing():
        rest = network.at_rest(1, 1, H)[layer]
        _, kept = steps.step(steps.drive(np.zeros((1, 1, steps.parameters["weight_ih"].shape[-1]))), rest)
        slopes = {n: np.broadcast_to(s, (1, size, s.shape[-1])) for n, s in steps.slopes(rest, kept).items()}
        identity = np.eye(size)[None]
        total = steps.total(slopes, {name: identity[..., n * H : (n + 1) * H] for n, name in enumerate(names)})
        back = steps.back(slopes, total, steps.delta(slopes, total))
    return np.concatenate([back[name][0] for name in names], axis=-1)
