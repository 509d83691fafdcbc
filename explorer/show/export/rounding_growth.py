"""How much a run amplifies its own rounding errors, and so whether a second program can find the same numbers."""

from __future__ import annotations

import numpy as np

from explorer.base.scaling import log10_norm
from explorer.engine.trace import Trace

MOST = 3.0
"""Decades. Rounding starts at 1e-16 of a state and adds up to about 1e-14 over units and steps. Three more decades
stay one below the tolerance of 1e-10 between two programs."""


def programs_diverge(trace: Trace) -> bool:
    """Whether rounding alone makes two correct programs find different numbers for this run."""
    return trace.overflow_step is None and rounding_growth(trace) > MOST


def rounding_growth(trace: Trace) -> float:
    """The largest rise of ‖∂L/∂s_t‖ · ‖s_t‖ on the way back, over all states s and layers, in decades.

    To first order, the loss moves by that product times the relative rounding error of step t. The gradient alone is
    not enough: in a linear network it grows too, yet every error stays as small relative to its state as it was.
    """
    rises = [0.0]
    for name, norms in trace.log10_state_grad_norm.items():
        # a square may overflow or underflow where its logarithm does not
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            sizes = log10_norm(trace.states[name])
        for products in (norms + sizes)[:, :0:-1]:  # from the last step back to the first
            finite = products[np.isfinite(products)]
            rises.append(float(np.max(finite - np.minimum.accumulate(finite), initial=0.0)))
    return max(rises)
