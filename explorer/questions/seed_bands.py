"""One experiment under many seeds: how much of its result is due to the random weights and data.

The seeds run as lanes of one pass, a group at a time (`run_many`); only the norms and three numbers of each are kept.
Quantiles are linear between the two nearest seeds; an exact zero (−∞ in decades) lies below every number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.long_work import Work, long_function
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.run import run_many
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import gradient_flow

TENTHS = (1, 5, 9)  # 10 %, median, 90 %
LEAST, MOST = 2, 1000  # seeds
AT_ONCE = 8  # lanes of one pass: few enough that a newer run does not have to wait noticeably


@dataclass(frozen=True, eq=False)
class Bands:
    """Quantiles over the seeds whose forward pass stayed finite; the first axis is `TENTHS`: 10 %, median, 90 %.

    Attributes:
        experiment: that of the first seed.
        seeds: all seeds that were run.
        overflowed: number of seeds that overflowed; they have no gradient, and are in no quantile.
        codes: code of the gravest finding of `diagnose` → number of seeds with it.
        log10_state_grad_norm: state → (3, L, T+1); all arrays are NaN where every seed overflowed.
        decay: (3,) in decades, of h of the top layer.
        horizon: (3,) steps back; +∞ where it lies beyond the sequence.
        loss: (3,).
    """

    experiment: Experiment
    seeds: tuple[int, ...]
    overflowed: int
    codes: Mapping[str, int]
    log10_state_grad_norm: Mapping[str, np.ndarray]
    decay: np.ndarray
    horizon: np.ndarray
    loss: np.ndarray


@dataclass(frozen=True, eq=False)
class _Lane:
    """The numbers kept of one seed."""

    code: str
    norms: Mapping[str, np.ndarray]
    numbers: tuple[float, float, float]  # decay, horizon, loss


@long_function
def bands(experiment: Experiment, seeds: int = 30) -> Work[Bands]:
    """Run the experiment under its own seed and the following ones, `seeds` in all; returns the quantiles.

    Raises:
        ExplorerError: `seeds` is no whole number between 2 and 1,000.
    """
    all_seeds = seeds_from(experiment.seed, number_of_seeds(seeds))
    lanes: list[_Lane] = []
    for first in range(0, len(all_seeds), AT_ONCE):
        group = all_seeds[first : first + AT_ONCE]
        lanes += [_numbers_of(trace) for trace in run_many(experiment.replace(seed=seed) for seed in group)]
        yield len(lanes) / len(all_seeds)
    finite = [lane for lane in lanes if lane.code != "overflowed"]
    codes = [lane.code for lane in lanes]
    decay, horizon, loss = quantiles(np.array([lane.numbers for lane in finite]).reshape(-1, 3)).T
    return Bands(
        experiment,
        all_seeds,
        len(lanes) - len(finite),
        {code: codes.count(code) for code in dict.fromkeys(codes)},
        {
            name: quantiles(np.array([lane.norms[name] for lane in finite]).reshape(-1, *norms.shape))
            for name, norms in lanes[0].norms.items()
        },
        decay,
        horizon,
        loss,
    )


def number_of_seeds(value: object) -> int:
    """Check that `value` may be a number of seeds, and return it.

    Raises:
        ExplorerError: it is no whole number between 2 and 1,000.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not LEAST <= value <= MOST:
        raise ExplorerError("seeds", f"must be a whole number between {LEAST} and {MOST}", value, "Try 30.")
    return value


def seeds_from(first: int, count: int) -> tuple[int, ...]:
    """`count` seeds from `first` on; 0 follows the largest seed."""
    upper = table(Experiment)["seed"].upper
    assert upper is not None
    return tuple((first + i) % (int(upper) + 1) for i in range(count))


def _numbers_of(trace: Trace) -> _Lane:
    """Copy the numbers of one seed: the traces of one pass share its memory."""
    flow = gradient_flow(trace)
    norms = {name: np.array(values) for name, values in trace.log10_state_grad_norm.items()}
    horizon = np.inf if flow.horizon is None else float(flow.horizon)
    return _Lane(diagnose(trace)[0].code, norms, (flow.decay, horizon, trace.loss))


def quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles `TENTHS` along the first axis, (n, …) → (3, …), linear between neighbours; NaN for n = 0.

    Between an infinite value and a finite one the result is the infinite one.
    """
    if not len(values):
        return np.full((len(TENTHS), *values.shape[1:]), np.nan)
    index, rest = np.divmod(np.array(TENTHS) * (len(values) - 1), 10)
    ranked = np.sort(values, axis=0)
    low, high = ranked[index], ranked[np.minimum(index + 1, len(values) - 1)]
    share = (rest / 10).reshape(-1, *[1] * (values.ndim - 1))
    with np.errstate(invalid="ignore"):
        interpolated = low + share * (high - low)
    beside_infinity = np.where((share > 0) & np.isposinf(high), high, low)
    return np.where(np.isfinite(low) & np.isfinite(high), interpolated, beside_infinity)
