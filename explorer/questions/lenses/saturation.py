"""Saturation: how much of each squashing function's slope is left along the run.

A gradient that comes back through a gate or a unit is multiplied by φ′(a) of its pre-activation a. The slope follows
from the value that was squashed: σ's is s(1 − s) and at most ¼, tanh's 1 − g², relu's 1 or 0. Slopes here are relative
to their largest, so that σ and tanh can be compared.

A value within 5 % of its range's end has less than 4 · 0.05 · 0.95 = 0.19 of the slope: it is called saturated, the
same for σ and tanh, and as in the verdict. (Karpathy, Johnson & Fei-Fei 2015 count gates beyond 0.1 and 0.9.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import threshold
from explorer.questions.lenses.linear_steps import check_index, stretches

LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
AT_ONCE = 2**18  # values that are sorted together
RELATIVE_SLOPES = {
    "sigmoid": lambda s: 4.0 * ((1.0 - s) * s),
    "tanh": lambda g: 1.0 - g * g,
    "relu": lambda h: np.where(h > 0, 1.0, 0.0),
    "identity": lambda h: np.ones_like(h),
}


@dataclass(frozen=True, eq=False)
class Saturation:
    """One layer's slopes at the steps 1 to T, over all sequences and units; NaN from an overflow on.

    Attributes:
        code: ``whole``, or ``overflowed``: from `overflow_step` of the trace on nothing is known.
        quantiles: name → (T, 7) of φ′ / max φ′ at the `LEVELS`. The names are the cell's gates (but for an exponential
            one, whose slope has no largest); ``h`` of a cell without.
        mean: name → (T,) of the same; of relu, whose slope is 0 or 1, it is the share that lets a gradient through.
        saturated: name → (T,) share of values with less than 0.19 of the slope.
        dead: name → (T,) share whose slope is exactly 0 in the precision of the run: nothing passes there.
        low, high: name of a gate between 0 and 1 → (T,) share of values below 0.05, above 0.95.
    """

    code: str
    quantiles: Mapping[str, np.ndarray]
    mean: Mapping[str, np.ndarray]
    saturated: Mapping[str, np.ndarray]
    dead: Mapping[str, np.ndarray]
    low: Mapping[str, np.ndarray]
    high: Mapping[str, np.ndarray]


@long_function
def saturation(trace: Trace, layer: int = -1) -> Work[Saturation]:
    """The distribution of the slopes of each of the cell's squashed values.

    Raises:
        ExplorerError: there is no such layer.
    """
    e = trace.experiment
    check_index("layer", layer, -e.num_layers, e.num_layers - 1)
    squashing = e.new_cell().squashing
    squashed = {name: gate for name, gate in trace.gates.items() if squashing[name] in RELATIVE_SLOPES}
    squashed = squashed or {"h": trace.states["h"][:, 1:]}
    gates = [name for name in trace.gates if squashing[name] == "sigmoid"]
    nothing, T = np.full(e.seq_len, np.nan), e.seq_len
    mean, saturated, dead = ({name: nothing.copy() for name in squashed} for _ in range(3))
    low, high = ({name: nothing.copy() for name in gates} for _ in range(2))
    quantiles = {name: np.full((T, len(LEVELS)), np.nan) for name in squashed}
    margin = threshold("near_bound")
    for first, stop in stretches(_readable(trace), max(1, AT_ONCE // (e.batch_size * e.hidden_size))):
        here = slice(first, stop)
        for name, every in squashed.items():
            values = every[layer, here].reshape(stop - first, -1)
            slopes = RELATIVE_SLOPES[squashing.get(name, "identity")](values)
            quantiles[name][here] = np.quantile(slopes, LEVELS, axis=1).T
            mean[name][here] = slopes.mean(axis=1)
            saturated[name][here] = (slopes < 4.0 * margin * (1.0 - margin)).mean(axis=1)
            dead[name][here] = (slopes == 0.0).mean(axis=1)
            if name in low:
                low[name][here] = (values < margin).mean(axis=1)
                high[name][here] = (values > 1.0 - margin).mean(axis=1)
        yield stop / T
    code = "whole" if trace.overflow_step is None else "overflowed"
    return Saturation(code, quantiles, mean, saturated, dead, low, high)


def _readable(trace: Trace) -> int:
    """The number of steps before an overflow."""
    return trace.experiment.seq_len if trace.overflow_step is None else trace.overflow_step - 1
