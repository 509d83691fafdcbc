"""Saturation: the remaining slope of each squashing function along the run.

A gradient that comes back through a gate or a unit is multiplied by φ′(a) of its pre-activation a. The slope follows
from the function's value: it is s(1 − s), at most ¼, for σ, 1 − g² for tanh, and 1 or 0 for relu. Slopes here are
relative to their maximum, so that σ and tanh can be compared.

A value within 5 % of an end of its range has less than 4 · 0.05 · 0.95 = 0.19 of the maximal slope. It is called
saturated, for σ and tanh alike and as in the verdict. (Karpathy, Johnson & Fei-Fei 2015 count gates beyond 0.1, 0.9.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function
from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import check_index, stretches
from explorer.questions.thresholds import threshold

LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
AT_ONCE = 2**18  # values that are sorted in one call
RELATIVE_SLOPES = {
    "sigmoid": lambda s: 4.0 * ((1.0 - s) * s),
    "tanh": lambda g: 1.0 - g * g,
    "relu": lambda h: np.where(h > 0, 1.0, 0.0),
    "identity": lambda h: np.ones_like(h),
}


@dataclass(frozen=True, eq=False)
class Saturation:
    """One layer's slopes at the steps 1 to T, over all sequences and units; NaN from an overflow on and
    after the last loss.

    Attributes:
        code: ``whole``, or ``overflowed``: all numbers are NaN from the trace's `overflow_step` on.
        quantiles: name → (T, 7) of φ′ / max φ′ at the `LEVELS`. Names are the cell's gates, without exponential ones,
            whose slope has no maximum; ``h`` for a cell without gates.
        mean: name → (T,) mean of the same; for relu, with slopes 0 or 1, the share of units that pass a gradient.
        saturated: name → (T,) share of values with less than 0.19 of the maximal slope.
        dead: name → (T,) share of values whose slope is exactly 0 in the run's precision: no gradient passes.
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
    """The distribution of slopes in one layer, for each of the cell's squashing functions.

    Raises:
        ExplorerError: there is no such layer.
    """
    e = trace.experiment
    check_index("layer", layer, -e.num_layers, e.num_layers - 1)
    squashing = e.new_cell().squashing
    squashed = {name: gate for name, gate in trace.gates.items() if squashing[name] in RELATIVE_SLOPES}
    squashed = squashed or {"h": trace.states["h"][:, 1:]}
    gates = [name for name in trace.gates if squashing[name] == "sigmoid"]
    nan_row, T = np.full(e.seq_len, np.nan), e.seq_len
    mean, saturated, dead = ({name: nan_row.copy() for name in squashed} for _ in range(3))
    low, high = ({name: nan_row.copy() for name in gates} for _ in range(2))
    quantiles = {name: np.full((T, len(LEVELS)), np.nan) for name in squashed}
    margin = threshold("near_bound")
    for first, stop in stretches(_readable_steps(trace), max(1, AT_ONCE // (e.batch_size * e.hidden_size))):
        steps = slice(first, stop)
        for name, array in squashed.items():
            values = array[layer, steps].reshape(stop - first, -1)
            slopes = RELATIVE_SLOPES[squashing.get(name, "identity")](values)
            quantiles[name][steps] = np.quantile(slopes, LEVELS, axis=1).T
            mean[name][steps] = slopes.mean(axis=1)
            saturated[name][steps] = (slopes < 4.0 * margin * (1.0 - margin)).mean(axis=1)
            dead[name][steps] = (slopes == 0.0).mean(axis=1)
            if name in low:
                low[name][steps] = (values < margin).mean(axis=1)
                high[name][steps] = (values > 1.0 - margin).mean(axis=1)
        yield stop / T
    code = "whole" if trace.overflow_step is None else "overflowed"
    return Saturation(code, quantiles, mean, saturated, dead, low, high)


def _readable_steps(trace: Trace) -> int:
    """The number of steps up to the last loss, or before an overflow."""
    return trace.last_loss if trace.overflow_step is None else trace.overflow_step - 1
