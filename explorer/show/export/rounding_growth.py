"""By how much a run makes its own rounding larger, and so whether a second program can find the same numbers."""

from __future__ import annotations

import numpy as np

from explorer.base.scaling import log10_norm
from explorer.engine.trace import Trace

MOST = 3.0
"""Decades. Rounding starts at 1e-16 of a state and adds up over units and steps to 1e-14 or so; three decades on top
leave one below the 1e-10 that two programs are held to."""


def parts_programs(trace: Trace) -> bool:
    """Whether two correct programs end up with different numbers here, by rounding alone."""
    return trace.overflow_step is None and rounding_growth(trace) > MOST


def rounding_growth(trace: Trace) -> float:
    """The largest rise of ‖∂L/∂s_t‖ · ‖s_t‖ on the way back, over all states s and layers, in decades.

    To first order, the loss moves by that product times the relative rounding error of step t. The gradient alone would
    not do: in a linear network it grows as well, and yet every error stays as small beside its state as it was.
    """
    rises = [0.0]
    for name, norms in trace.log10_state_grad_norm.items():
        # a square leaves the floats where its logarithm does not
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            sizes = log10_norm(trace.states[name])
        for level in (norms + sizes)[:, :0:-1]:  # from the last step back to the first
            heard = level[np.isfinite(level)]
            rises.append(float(np.max(heard - np.minimum.accumulate(heard), initial=0.0)))
    return max(rises)
