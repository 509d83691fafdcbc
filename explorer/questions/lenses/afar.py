"""What comes from afar where there are several losses: the sum of many near ones hides that nothing arrives from far.

Two lanes walk back through all layers: one receives the losses far after a step in the middle, the other the last loss
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.lanes import STRETCH, Arrivals, Lanes
from explorer.questions.lenses.linear_steps import backwards

FAR_STEPS = 20  # a loss that is more steps after a step is far from it
FAR, LAST = 0, 1  # the two lanes


@dataclass(frozen=True, eq=False)
class Afar:
    """What the far losses, and the last one, send to h of each layer.

    Attributes:
        step: the step in the middle (1-based). apart: a loss is far if it is more than so many steps after it.
        far_decades: (L,) log10 of ‖the far losses' gradient at `step`‖ over that of all losses: at h, or where nothing
            comes to h from afar, at the state to which most does; −inf where nothing comes from afar to any, NaN where
            nothing comes at all or no loss is so far away.
        log10_last_loss: state → (L, T): log10 ‖∂ℓ/∂s_k‖ of the last loss ℓ alone; −inf behind it.
    """

    step: int
    apart: int
    far_decades: np.ndarray
    log10_last_loss: Mapping[str, np.ndarray]


def steps_apart(steps: int) -> int:
    """How many steps after a step a loss is far from it, in a sequence of `steps` steps."""
    return min(FAR_STEPS, max(1, steps // 4))


def middle(steps: int) -> int:
    """The step in the middle of `steps` steps, at which far and near losses are compared."""
    return (steps + 1) // 2


def afar(trace: Trace) -> Afar | None:
    """What comes from afar, remembered as long as the trace; None where there is one loss or none, or no gradient."""
    if trace not in _found:
        has_several = trace.overflow_step is None and len(trace.loss_steps) > 1
        _found[trace] = _afar(trace) if has_several else None
    return _found[trace]


_found: WeakKeyDictionary[Trace, Afar | None] = WeakKeyDictionary()


def _afar(trace: Trace) -> Afar:
    steps = trace.last_loss
    step, apart = middle(steps), steps_apart(steps)
    norms = _walk(trace, step + apart)
    with np.errstate(invalid="ignore"):
        shares = {n: values[FAR, :, step - 1] - trace.log10_state_grad_norm[n][:, step] for n, values in norms.items()}
    most = np.fmax.reduce(list(shares.values()))
    far = np.where(np.isneginf(shares["h"]), most, shares["h"])
    if step + apart >= steps:
        far = np.full_like(far, np.nan)
    return Afar(step, apart, far, {name: values[LAST] for name, values in norms.items()})


def _walk(trace: Trace, near_until: int) -> dict[str, np.ndarray]:
    """State → (2, L, T) log10 norms of both lanes, from the last loss back to step 1; −inf behind it."""
    lanes, arrivals, losses, last = Lanes(trace, count=2), Arrivals.of(trace), set(trace.loss_steps), trace.last_loss
    shape = 2, trace.experiment.num_layers, trace.experiment.seq_len
    norms = {name: np.full(shape, -np.inf) for name in lanes.layers[0].names}
    for start, stop in backwards(last, STRETCH):
        with lanes.backend.computing():
            rows = [part.rows(2) for part in lanes.stretches(start, stop)]
            for t in range(stop, start, -1):
                if t in losses:
                    i = t - 1 - arrivals.first
                    receivers = slice(FAR if t > near_until else LAST, LAST + (t == last))
                    lanes.arrive(arrivals.mantissas[i], int(arrivals.exponent[i]), receivers)
                back = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows])
                for name, values in norms.items():
                    for layer in range(shape[1]):
                        values[:, layer, t - 1] = back.log10_norms(layer, name)
    for values in norms.values():
        values.flags.writeable = False
    return norms
