"""Several windows of truncated back-propagation at once, in both ways of truncating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress, no_progress
from explorer.questions.lenses.truncation import Truncation, truncated_by_sliding_window, truncated_in_chunks

MOST_WORK = 2**29  # lanes × steps × units that the windows nobody chose may cost together: about ten seconds


@dataclass(frozen=True, eq=False)
class BothWays:
    """The same windows twice.

    Attributes:
        chunks: the states detached after every k-th step.
        sliding: every loss with the same k steps.
    """

    chunks: Truncation
    sliding: Truncation


WAYS = {"chunks": truncated_in_chunks, "sliding": truncated_by_sliding_window}


def truncation(trace: Trace, window: int = 20, progress: Progress = no_progress) -> BothWays:
    """Both ways for `window` (T where that is shorter) and for some windows around it."""
    window = min(window, trace.experiment.seq_len)
    return BothWays(
        truncated(trace, "chunks", window, lambda share: progress(share / 2)),
        truncated(trace, "sliding", window, lambda share: progress((1 + share) / 2)),
    )


def truncated(trace: Trace, way: str, window: int, progress: Progress = no_progress) -> Truncation:
    """One way (``chunks`` or ``sliding``), for `window` and some windows up to T.

    Raises:
        ExplorerError: the window is not between 1 and T, or over the memory budget.
    """
    return WAYS[way](trace, some_windows(trace, way, window), progress)


def some_windows(trace: Trace, way: str, window: int) -> tuple[int, ...]:
    """1, 2, 3, 5, 7, 10, … and `window`; a sliding one carries a lane for each of its losses, so that long ones are
    left out of long runs unless they are asked for."""
    e = trace.experiment
    spread = np.unique(np.geomspace(1, e.seq_len, 16).round().astype(int))
    if way == "sliding" and len(trace.output_grads) > 1:
        longest = MOST_WORK // (e.seq_len * e.batch_size * e.hidden_size * e.num_layers)
        spread = spread[spread <= max(longest, window)]
    return tuple(int(k) for k in np.union1d(spread, [window]))
