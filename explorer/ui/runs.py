"""Runs, remembered: many sessions that look at the same experiment compute it once."""

from __future__ import annotations

import threading

from cachetools import LRUCache, cached

from explorer.engine import run
from explorer.experiment import Experiment
from explorer.trace import Trace

CACHE_BYTES = 256 * 2**20


def _size(trace: Trace) -> int:
    return min(trace.nbytes, CACHE_BYTES)  # one that is larger than the cache has it for itself


@cached(LRUCache(CACHE_BYTES, getsizeof=_size), lock=threading.Lock())
def trace_of(experiment: Experiment) -> Trace:
    """The experiment's trace, from memory where it was run before; keyed by the frozen experiment."""
    return run(experiment)
