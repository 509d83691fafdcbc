"""Where a training's gradient norm jumps above its usual size."""

from __future__ import annotations

import numpy as np

from explorer.questions.training.history import History

MEMORY = 21  # previous iterations that give the usual norm


def biggest_jump(history: History, lane: int = 0) -> int:
    """The iteration (from 1) whose norm before clipping is the largest multiple of `usual_before`."""
    norms = history.norm_before[:, lane]
    if len(norms) < 2:
        return 1
    with np.errstate(all="ignore"):
        norms = np.where(np.isinf(norms), np.finfo(float).max, norms)
        rise = np.log(norms[1:]) - np.log(usual_before(norms))
    rise = np.where(np.isnan(rise), -np.inf, rise)
    return int(np.argmax(rise)) + 2 if np.isfinite(rise.max()) else 1


def usual_before(norms: np.ndarray) -> np.ndarray:
    """(n,) norms → (n − 1,): for each but the first, the median of the `MEMORY` before it; the first norm fills gaps.

    So a single batch with a tiny norm does not make a jump of the next.
    """
    padded = np.concatenate([np.full(MEMORY - 1, norms[0]), norms[:-1]])
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, MEMORY), axis=1)
