"""A sweep of one parameter along its range: its values, and the trace at each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Number, Parameter, table
from explorer.engine.run import run_many
from explorer.engine.trace import Trace

ABOUT, MOST = 40, 64  # values along a range: usual number, and limit
LOGARITHMIC = 50.0  # from this ratio of its ends on, a range is walked in equal ratios
ROUND_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
AT_ONCE = 8  # lanes of one pass: few enough that a newer run does not have to wait noticeably
Value = Number | None


def sweepable(experiment: Experiment) -> list[str]:
    """The names of the numeric parameters that have an effect in this experiment."""
    rows = table(Experiment).values()
    return [row.name for row in rows if row.kind in ("integer", "number") and row.name not in experiment.without_effect]


def sweep_values(name: str, experiment: Experiment) -> list[Value]:
    """Some forty values along the range of a parameter, ascending, the experiment's own among them (None first)."""
    row, current = table(Experiment)[name], getattr(experiment, name)
    values: set[Number] = {_rounded(row, value) for value in _values_along(row)}
    if current is None:
        return [None, *sorted(values)]
    return sorted(values | {current})


def _values_along(row: Parameter) -> Sequence[float]:
    if row.reach is not None and (row.reach[1] - row.reach[0]) / row.reach[2] < MOST:
        low, high, step = row.reach
        return [low + i * step for i in range(round((high - low) / step) + 1)]
    low, high = row.sweep
    if low > 0 and high / low >= LOGARITHMIC:
        return [float(value) for value in np.geomspace(low, high, ABOUT)]
    step = next(step for step in ROUND_STEPS if (high - low) / step < MOST)
    return [low + i * step for i in range(math.floor((high - low) / step) + 1)]


def _rounded(row: Parameter, value: float) -> Number:
    if row.kind == "integer":
        return round(value)
    return float(f"{value:.3g}")


def sweep(experiment: Experiment, name: str, values: Sequence[Value]) -> Iterator[tuple[Value, Trace]]:
    """Yields (value, trace) in order; a value that the other settings do not allow is left out.

    The traces are computed in groups, so the caller need not hold all of them.
    """
    allowed = [(value, e) for value in values if (e := _with_value(experiment, name, value)) is not None]
    for first in range(0, len(allowed), AT_ONCE):
        group = allowed[first : first + AT_ONCE]
        traces = run_many(e for _, e in group)
        yield from zip((value for value, _ in group), traces, strict=True)


def _with_value(experiment: Experiment, name: str, value: Value) -> Experiment | None:
    try:
        return experiment.replace(**{name: value})
    except ExplorerError:
        return None
