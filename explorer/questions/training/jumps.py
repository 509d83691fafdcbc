"""Where a training's gradient norm stands out from what had been usual."""

from __future__ import annotations

import numpy as np

from explorer.questions.training.history import History

MEMORY = 21  # iterations before one, against which it is a jump


def biggest_jump(history: History, lane: int = 0) -> int:
    """The iteration (from 1) whose norm before clipping stands the highest above `usual_before`, as a factor."""
    norms = history.norm_before[:, lane]
    if len(norms) < 2:
        return 1
    with np.errstate(all="ignore"):
        norms = np.where(np.isinf(norms), np.finfo(float).max, norms)
        rise = np.log(norms[1:]) - np.log(usual_before(norms))
    rise = np.where(np.isnan(rise), -np.inf, rise)
    return int(np.argmax(rise)) + 2 if np.isfinite(rise.max()) else 1


def usual_before(norms: np.ndarray) -> np.ndarray:
    """(n − 1,) of each but the first of (n,) norms: the median of the `MEMORY` before it, or of as many as there are.

    A single batch with a tiny norm then makes no jump of the next.
    """
    padded = np.concatenate([np.full(MEMORY - 1, norms[0]), norms[:-1]])
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, MEMORY), axis=1)
