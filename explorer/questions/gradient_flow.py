"""How the gradient of one state changes along the sequence, measured from the last step that has a gradient.

Steps after that one come after the last loss: padding, or outputs that nothing reads. They are zero because nothing is
asked there, not because a gradient has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.afar import afar
from explorer.questions.thresholds import threshold


@dataclass(frozen=True)
class Flow:
    """How a gradient's norm changes from the last step that has one back to step 1.

    Attributes:
        from_step: that last step (1-based), from which all is measured; 0 if no step has a gradient.
        last, first: log10 of the norm at `from_step` and at step 1; NaN where there is no gradient.
        decay: first − last, in decades; −inf where step 1 has exactly zero, NaN where there is no gradient.
        horizon: steps back from `from_step` until a thousandth of the norm is left; None if it never falls so far, or
            if it grows a thousandfold anywhere: then nothing is forgotten.
        grown_after: steps back until the norm has grown a thousandfold; None if it never does.
        zero_before: the last step (1-based) at and before which the gradient is exactly zero, or 0.
        peak: the largest rise above the level at `from_step`, in decades.
    """

    from_step: int
    last: float
    first: float
    decay: float
    horizon: int | None
    grown_after: int | None
    zero_before: int
    peak: float


def gradient_flow(trace: Trace, state: str = "h", layer: int = -1) -> Flow:
    """How the norm of ∂L/∂state of one layer, by default the top one, changes along the sequence.

    Where there are several losses, near ones fill up what far ones have lost; so the horizon is the last loss's own.
    """
    flow, distant = flow_of(trace.log10_state_grad_norm[state][layer, 1:]), afar(trace)
    if distant is None or flow.grown_after is not None:
        return flow
    return replace(flow, horizon=flow_of(distant.log10_last_loss[state][layer]).horizon)


def judged_state(trace: Trace, layer: int = -1) -> str:
    """The state whose gradient a verdict is about: ``h``, but where that has ended and another's has not, the other.

    With recurrent weights of zero, for instance, an LSTM's gradient goes on along c alone.
    """
    norms = trace.log10_state_grad_norm
    if not np.isneginf(norms["h"][layer, 1]):
        return "h"
    return next((name for name, values in norms.items() if np.isfinite(values[layer, 1])), "h")


def judged_flow(trace: Trace, layer: int = -1) -> Flow:
    """The flow of that state's gradient."""
    return gradient_flow(trace, judged_state(trace, layer), layer)


def last_loss_decay(trace: Trace) -> float:
    """How the last loss's own gradient at h of the top layer changes from its step to step 1, in decades."""
    distant = afar(trace)
    return gradient_flow(trace).decay if distant is None else flow_of(distant.log10_last_loss["h"][-1]).decay


def flow_of(log10_norms: np.ndarray) -> Flow:
    """The flow of a gradient whose log10 norms at the steps 1 to T are given, (T,)."""
    has_gradient = np.flatnonzero(np.isfinite(log10_norms))
    if not len(has_gradient):
        zeros = len(log10_norms) if np.isneginf(log10_norms).all() else 0
        return Flow(0, np.nan, np.nan, np.nan, None, None, zeros, np.nan)
    from_step = int(has_gradient[-1]) + 1
    change = log10_norms[:from_step] - log10_norms[from_step - 1]
    back = change[::-1]
    grown_after = _first(back >= threshold("exploded_decades"))
    horizon = _first(back <= -threshold("horizon_decades")) if grown_after is None else None
    return Flow(
        from_step,
        float(log10_norms[from_step - 1]),
        float(log10_norms[0]),
        float(change[0]),
        horizon,
        grown_after,
        int(has_gradient[0]),
        float(np.max(change)),
    )


def _first(reached: np.ndarray) -> int | None:
    return int(np.argmax(reached)) if reached.any() else None
