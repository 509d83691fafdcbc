"""Measurements of the network at one iteration, cheap enough to take while it trains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.engine.network import ForwardPass, Network
from explorer.model.cells.contract import Arrays, Cell
from explorer.questions.lenses.spectra import main_matrix

SAMPLED_STEPS = 8  # about as many steps are sampled, evenly spaced back from the last
FLAT = 0.1  # a derivative below this share of its maximum counts as saturated


def saturation(network: Network, forth: ForwardPass) -> np.ndarray:
    """(K,) the share of saturated gates over all layers, or of saturated units for a cell without gates.

    A value v = φ(a) is saturated where φ′(a) is below a tenth of its maximum: for tanh and σ where v lies farther than
    √0.9 of the way from the middle of its range to an end, for a ReLU where it is 0, for the identity never. Some 8
    steps of the sequence are sampled, evenly spaced back from the last.
    """
    cell, backend = network.cell, network.backend
    names = tuple(cell.gates) or ("h",)
    middle, reach = _middle_and_reach(cell, names, forth.layers[0].states["h"].shape[-1])
    shares = []
    for layer in forth.layers:
        values = layer.kept["gates"] if cell.gates else layer.states["h"][1:]
        stride = max(1, len(values) // SAMPLED_STEPS)
        samples = backend.to_numpy(values[::-1][::stride] if backend.name == "numpy" else values.flip(0)[::stride])
        flat = np.abs(samples - middle) >= reach
        shares.append(flat.mean(axis=(0, 2, 3)))
    return np.mean(shares, axis=0)


def _middle_and_reach(cell: Cell, names: Sequence[str], hidden: int) -> tuple[np.ndarray, np.ndarray]:
    """`middle` and `reach` of each value: it is saturated where it lies at least `reach` from `middle`."""
    middle, reach = [], []
    for name in names:
        low, high = cell.bounds[name]
        if np.isfinite(high - low):
            middle.append((low + high) / 2)
            reach.append((high - low) / 2 * np.sqrt(1 - FLAT))
        else:  # a ReLU's zeros are below the smallest positive number; the identity has no end
            middle.append(1.0 if np.isfinite(low) else 0.0)
            reach.append(1.0 if np.isfinite(low) else np.inf)
    return np.repeat(middle, hidden).astype(np.float32), np.repeat(reach, hidden).astype(np.float32)


def spectral_radii(cell: Cell, weights: Arrays, lanes: np.ndarray) -> np.ndarray:
    """(K,) spectral radius ρ of the matrix from `main_matrix`; NaN where there is none, and for lanes not in `lanes`.

    Args:
        weights: the top layer's weights, (K, …) on the host, under the cell's own names.
        lanes: (K,) bool, the lanes to compute.
    """
    radii = np.full(len(lanes), np.nan)
    for k in np.flatnonzero(lanes):
        found = main_matrix(cell, {name: w[k] for name, w in weights.items()})
        if found is not None and np.isfinite(found[1]).all():
            radii[k] = np.abs(np.linalg.eigvals(found[1])).max()
    return radii
