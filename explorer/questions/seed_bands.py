"""One experiment under many seeds: how much of its picture is the draw of the weights and the data.

The seeds run as lanes of one pass, a handful at a time (`run_many`); what is kept of each is its norms and its few
numbers. Quantiles are linear between the two nearest seeds, and count an exact zero (−∞ in decades) as what it is:
below every number.
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
from explorer.questions.diagnosis import diagnose, gradient_flow

TENTHS = (1, 5, 9)  # 10 %, median, 90 %
LEAST, MOST = 2, 1000  # seeds
AT_ONCE = 8  # lanes of one pass: few enough that whoever waits for a newer run does not notice


@dataclass(frozen=True, eq=False)
class Bands:
    """Each array's first axis is `TENTHS`: 10 %, median, 90 % of the seeds whose forward pass stayed finite.

    Attributes:
        experiment: of the first seed.
        seeds: those that were run.
        overflowed: how many of them overflowed; they have no gradient, and are in no quantile.
        codes: the gravest finding of `diagnose` → how many seeds have it.
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
    """What is kept of one seed."""

    code: str
    norms: Mapping[str, np.ndarray]
    numbers: tuple[float, float, float]  # decay, horizon, loss


@long_function
def bands(experiment: Experiment, seeds: int = 30) -> Work[Bands]:
    """The experiment under its own seed and those that follow it, `seeds` in all.

    Raises:
        ExplorerError: `seeds` is no whole number between 2 and 1,000.
    """
    chosen = seeds_from(experiment.seed, number_of_seeds(seeds))
    lanes: list[_Lane] = []
    for first in range(0, len(chosen), AT_ONCE):
        handful = chosen[first : first + AT_ONCE]
        lanes += [_kept(trace) for trace in run_many(experiment.replace(seed=seed) for seed in handful)]
        yield len(lanes) / len(chosen)
    finite = [lane for lane in lanes if lane.code != "overflowed"]
    codes = [lane.code for lane in lanes]
    decay, horizon, loss = quantiles(np.array([lane.numbers for lane in finite]).reshape(-1, 3)).T
    return Bands(
        experiment,
        chosen,
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
    """`value`, if it is one; raises an `ExplorerError` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or not LEAST <= value <= MOST:
        raise ExplorerError("seeds", f"must be a whole number between {LEAST} and {MOST}", value, "Try 30.")
    return value


def seeds_from(first: int, count: int) -> tuple[int, ...]:
    """So many seeds from the first on; after the largest that there is, from 0 on."""
    upper = table(Experiment)["seed"].upper
    assert upper is not None
    return tuple((first + i) % (int(upper) + 1) for i in range(count))


def _kept(trace: Trace) -> _Lane:
    """Copies, as the traces of one pass share its memory."""
    flow = gradient_flow(trace)
    norms = {name: np.array(values) for name, values in trace.log10_state_grad_norm.items()}
    horizon = np.inf if flow.horizon is None else float(flow.horizon)
    return _Lane(diagnose(trace)[0].code, norms, (flow.decay, horizon, trace.loss))


def quantiles(values: np.ndarray) -> np.ndarray:
    """`TENTHS` along the first axis, linear between neighbours; NaN of nothing.

    Between an infinite value and a finite one lies only the infinite one.
    """
    if not len(values):
        return np.full((len(TENTHS), *values.shape[1:]), np.nan)
    below, rest = np.divmod(np.array(TENTHS) * (len(values) - 1), 10)
    ranked = np.sort(values, axis=0)
    low, high = ranked[below], ranked[np.minimum(below + 1, len(values) - 1)]
    share = (rest / 10).reshape(-1, *[1] * (values.ndim - 1))
    with np.errstate(invalid="ignore"):
        between = low + share * (high - low)
    at_the_end = np.where((share > 0) & np.isposinf(high), high, low)
    return np.where(np.isfinite(low) & np.isfinite(high), between, at_the_end)
