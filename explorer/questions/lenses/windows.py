"""Several windows of truncated back-propagation at once, in both ways of truncating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function, part_of
from explorer.engine.trace import Trace
from explorer.questions.lenses.truncation import Truncation, truncated_by_sliding_window, truncated_in_chunks

MOST_WORK = 2**29  # lanes × steps × units that the windows nobody chose may cost together: about ten seconds


@dataclass(frozen=True, eq=False)
class BothWays:
    """The same windows twice; None for a way that was not asked for.

    Attributes:
        chunks: the states detached after every k-th step.
        sliding: every loss with the same k steps.
    """

    chunks: Truncation | None
    sliding: Truncation | None


WAYS = {"chunks": truncated_in_chunks, "sliding": truncated_by_sliding_window}


@long_function
def truncation(trace: Trace, window: int = 20, ways: Sequence[str] = tuple(WAYS)) -> Work[BothWays]:
    """The `ways` for `window` (T where that is shorter) and for some windows around it.

    Raises:
        ExplorerError: the window is not between 1 and T, or over the memory budget.
    """
    window, seen = min(window, trace.experiment.seq_len), dict.fromkeys(WAYS)
    for number, way in enumerate(ways):
        share = number / len(ways), (number + 1) / len(ways)
        seen[way] = yield from part_of(truncated.steps(trace, way, window), *share)
    return BothWays(**seen)


@long_function
def truncated(trace: Trace, way: str, window: int) -> Work[Truncation]:
    """One way (``chunks`` or ``sliding``), for `window` and some windows up to T.

    Raises:
        ExplorerError: the window is not between 1 and T, or over the memory budget.
    """
    return (yield from WAYS[way].steps(trace, some_windows(trace, way, window)))


def some_windows(trace: Trace, way: str, window: int) -> tuple[int, ...]:
    """1, 2, 3, 5, 7, 10, … and `window`; a sliding one carries a lane for each of its losses, so that long ones are
    left out of long runs unless they are asked for."""
    e = trace.experiment
    spread = np.unique(np.geomspace(1, e.seq_len, 16).round().astype(int))
    if way == "sliding" and len(trace.output_grads) > 1:
        longest = MOST_WORK // (e.seq_len * e.batch_size * e.hidden_size * e.num_layers)
        spread = spread[spread <= max(longest, window)]
    return tuple(int(k) for k in np.union1d(spread, [window]))
