"""Measurements of the network at one iteration, cheap enough to take while it trains."""

from __future__ import annotations

import numpy as np

from explorer.engine.network import ForwardPass, Network
from explorer.model.cells.contract import Arrays, Cell, Range
from explorer.questions.lenses.spectra import main_matrix

SAMPLED_STEPS = 8  # about as many steps are sampled, evenly spaced back from the last
FLAT = 0.1  # a derivative below this share of its maximum counts as saturated


def saturation(network: Network, forth: ForwardPass) -> np.ndarray:
    """(K,) the share of saturated gates over all layers, or of saturated units for a cell without gates.

    A value v = φ(a) is saturated where φ′(a) is below a tenth of its maximum; `flat_ends` has the values of v. Some 8
    steps of the sequence are sampled, evenly spaced back from the last.
    """
    cell, backend = network.cell, network.backend
    names = tuple(cell.gates) or ("h",)
    ends = np.array([flat_ends(cell.squashing.get(name), cell.bounds[name]) for name in names], dtype=np.float32)
    low, high = np.repeat(ends, forth.layers[0].states["h"].shape[-1], axis=0).T
    shares = []
    for layer in forth.layers:
        values = layer.kept["gates"] if cell.gates else layer.states["h"][1:]
        stride = max(1, len(values) // SAMPLED_STEPS)
        samples = backend.to_numpy(values[::-1][::stride] if backend.name == "numpy" else values.flip(0)[::stride])
        flat = (samples <= low) | (samples >= high)
        shares.append(flat.mean(axis=(0, 2, 3)))
    return np.mean(shares, axis=0)


def flat_ends(function: str | None, bounds: Range) -> Range:
    """(low, high): a value is saturated from `low` down or from `high` up; an end that is not flat is infinite.

    Of tanh and σ both ends are flat: from √0.9 of the way from the middle of the range to an end, φ′ is below a tenth
    of its maximum. A ReLU is flat at 0 alone. The slope of exp is its own value: an exponential gate that stays below
    an upper end is flat up to a tenth of that, and one without an upper end only at 0. The identity is flat nowhere.

    Args:
        function: the squashing function, by its name in the cell's equations, or None where it is no single one.
        bounds: the open interval of the values.
    """
    low, high = bounds
    if not np.isfinite(high):
        return (low, np.inf) if np.isfinite(low) else (-np.inf, np.inf)
    if function == "exp":
        return low + FLAT * (high - low), np.inf
    margin = (high - low) / 2 * (1 - np.sqrt(1 - FLAT))
    return low + margin, high - margin


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
