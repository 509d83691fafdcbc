"""Direct against total: the gradient from `out.retain_grad()` after `out, _ = nn.LSTM(…)(x)`, beside the true ∂L/∂h_t.

The layer is one function, and `out` is its output. For autograd the step from h_t to h_{t+1} lies inside it, so the
gradient of `out` at t is ∂ℓ_t/∂h_t through the readout alone: it has passed no recurrent weight, and neither vanishes
nor explodes. The total derivative also counts the effect of h_t on every later step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.base.scaling import NO_EXPONENT, log10_norm, times_power_of_two
from explorer.engine.trace import Trace
from explorer.questions.lenses.lanes import Arrivals


@dataclass(frozen=True, eq=False)
class DirectAgainstTotal:
    """At h of the top layer, steps 1 to T; log10 of norms over sequences and units.

    Attributes:
        code: ``whole``, or ``overflowed``: there are no gradients, and all norms are NaN.
        log10_direct: (T,) of the gradient that `retain_grad` on the layer's output gives; −inf for an exact zero.
        log10_total: (T,) ‖∂L/∂h_t‖.
        heard: the number of steps at which the direct gradient is not exactly zero.
    """

    code: str
    log10_direct: np.ndarray
    log10_total: np.ndarray
    heard: int


def direct_against_total(trace: Trace) -> DirectAgainstTotal:
    """The norms of both gradients at every step, for h of the top layer."""
    total = trace.log10_state_grad_norm["h"][-1, 1:]
    if trace.overflow_step is not None:
        nan = np.full(len(total), np.nan)
        return DirectAgainstTotal("overflowed", nan, nan, 0)
    arrivals = Arrivals.of(trace)
    direct = np.full(len(total), -np.inf)
    direct[arrivals.first :] = log10_norm(arrivals.mantissas, _exponent(arrivals))
    return DirectAgainstTotal("whole", direct, total, int(np.isfinite(direct).sum()))


def direct_vectors(trace: Trace) -> np.ndarray:
    """(T, B, H): the direct gradient itself, as plain floats; NaN where the forward pass overflowed."""
    arrivals, shape = Arrivals.of(trace), trace.state_grads["h"][-1, 1:].shape
    if trace.overflow_step is not None:
        return np.full(shape, np.nan)
    vectors = np.zeros(shape)
    vectors[arrivals.first :] = times_power_of_two(arrivals.mantissas, _exponent(arrivals)[:, None, None])
    return vectors


def _exponent(arrivals: Arrivals) -> np.ndarray:
    return np.where(arrivals.exponent == NO_EXPONENT, 0, arrivals.exponent)
