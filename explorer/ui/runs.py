"""Runs, remembered: many sessions that look at the same experiment compute it once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from cachetools import LRUCache, cached
from threadpoolctl import threadpool_limits

from explorer.engine import run
from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.trace import Trace

# NumPy's worker threads spin for a while after each product, on the cores that serve and draw the page: with them a
# redraw takes a third longer, and many sessions at once gain nothing from them.
threadpool_limits(1, user_api="blas")

CACHE_BYTES = 48 * 2**20  # three dozen runs of the default size: what a class looks at, in a server that stays small
LAST = "last experiment that ran"


def _size(trace: Trace) -> int:
    return min(trace.nbytes, CACHE_BYTES)  # one that is larger than the cache has it for itself


@cached(LRUCache(CACHE_BYTES, getsizeof=_size), lock=threading.Lock())
def trace_of(experiment: Experiment) -> Trace:
    """The experiment's trace, from memory where it was run before; keyed by the frozen experiment."""
    return run(experiment)


@dataclass(frozen=True)
class ShownRun:
    """What the page shows: the controls' own run, or the last that worked with the reasons why theirs does not."""

    trace: Trace | None
    errors: tuple[ExplorerError, ...] = ()


def shown_run(values: Mapping[str, Any]) -> ShownRun:
    """The run of what the controls say."""
    try:
        trace = trace_of(Experiment(**values))
    except ExplorerError as error:
        last = st.session_state.get(LAST)
        return ShownRun(trace_of(last) if last else None, error.errors)
    st.session_state[LAST] = trace.experiment
    return ShownRun(trace)
