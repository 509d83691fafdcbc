"""Truncated back-propagation for several windows at once, in both ways of truncating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function, part_of
from explorer.engine.trace import Trace
from explorer.questions.lenses.truncation import Truncation, truncated_by_sliding_window, truncated_in_chunks

MOST_WORK = 2**29  # limit of lanes × steps × units for windows that the user did not choose: about ten seconds


@dataclass(frozen=True, eq=False)
class BothWays:
    """The same windows, truncated in both ways; None for a way that was not requested.

    Attributes:
        chunks: the states are detached after every k-th step.
        sliding: every loss goes back through the same number k of steps.
    """

    chunks: Truncation | None
    sliding: Truncation | None


WAYS = {"chunks": truncated_in_chunks, "sliding": truncated_by_sliding_window}


@long_function
def truncation(trace: Trace, window: int = 20, ways: Sequence[str] = tuple(WAYS)) -> Work[BothWays]:
    """Truncate in each of the `ways`, for `window` (at most T) and for some windows around it.

    Raises:
        ExplorerError: the window is not between 1 and T, or over the memory budget.
    """
    window, results = min(window, trace.experiment.seq_len), dict.fromkeys(WAYS)
    for number, way in enumerate(ways):
        share = number / len(ways), (number + 1) / len(ways)
        results[way] = yield from part_of(truncated.steps(trace, way, window), *share)
    return BothWays(**results)


@long_function
def truncated(trace: Trace, way: str, window: int) -> Work[Truncation]:
    """Truncate in one way (``chunks`` or ``sliding``), for `window` and some windows up to T.

    Raises:
        ExplorerError: the window is not between 1 and T, or over the memory budget.
    """
    return (yield from WAYS[way].steps(trace, some_windows(trace, way, window)))


def some_windows(trace: Trace, way: str, window: int) -> tuple[int, ...]:
    """1, 2, 3, 5, 7, 10, … and `window`. A sliding window needs a lane for each of its losses, so long ones are left
    out of long runs, except `window` itself."""
    e = trace.experiment
    windows = np.unique(np.geomspace(1, e.seq_len, 16).round().astype(int))
    if way == "sliding" and len(trace.output_grads) > 1:
        longest = MOST_WORK // (e.seq_len * e.batch_size * e.hidden_size * e.num_layers)
        windows = windows[windows <= max(longest, window)]
    return tuple(int(k) for k in np.union1d(windows, [window]))
