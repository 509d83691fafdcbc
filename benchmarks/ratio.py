"""Ratios of two calls measured in turns, so that a slow minute of the machine slows both."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

QUIET = 0.0  # seconds between calls: worker threads of both libraries spin for a while after their work


def seconds(call: Callable[[], object]) -> float:
    """The seconds that one call takes."""
    time.sleep(QUIET)
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def compare(theirs: Callable[[], object], ours: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Medians of theirs and ours in seconds, and of the ratio theirs / ours, over `rounds` in turn."""
    theirs(), ours()
    pairs = [(seconds(theirs), seconds(ours)) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), statistics.median(ratios)


def geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(math.log(value) for value in values))
