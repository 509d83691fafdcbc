"""A cache of runs: sessions that show the same experiment compute it once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from cachetools import LRUCache, cached
from threadpoolctl import threadpool_limits

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.show.words import say
from explorer.ui.link.training import Trained
from explorer.ui.trainings.networks import trained_trace
from explorer.ui.trainings.session import history_of, trained_now
from explorer.ui.work.watching import watched

# NumPy's worker threads keep spinning after each product, on the cores that serve and draw the page: with them a redraw
# takes a third longer, and many sessions at once gain nothing from them.
threadpool_limits(1, user_api="blas")

CACHE_BYTES = 48 * 2**20  # three dozen runs of the default size: enough for a class on a small server
LAST = "last experiment that ran"
TRAINED_BYTES = 24 * 2**20
_DIGESTS: WeakKeyDictionary[Trace, str] = WeakKeyDictionary()


def _size(trace: Trace) -> int:
    return min(trace.nbytes, TRAINED_BYTES)  # a trace larger than its cache fills it alone


@cached(LRUCache(CACHE_BYTES, getsizeof=_size), condition=threading.Condition())
def trace_of(experiment: Experiment) -> Trace:
    """The experiment's trace, cached by the frozen experiment.

    A session that asks while another computes the trace waits for it: a class that opens one link computes it once. The
    page's other caches do the same.

    Raises:
        ExplorerError: the experiment cannot be run.
    """
    return run(experiment)


def key_of(trace: Trace) -> tuple[Experiment, str]:
    """A cache key for a trace: its experiment, and a digest of supplied arrays ("" without any).

    The experiment alone is not enough: a trained network has the same one as the untrained network.
    """
    if not trace.supplied:
        return trace.experiment, ""
    if trace not in _DIGESTS:
        digest = hashlib.blake2b(digest_size=12)
        for array in (*trace.weights.values(), trace.inputs, trace.output_grads):
            digest.update(array.tobytes())
        _DIGESTS[trace] = digest.hexdigest()
    return trace.experiment, _DIGESTS[trace]


@dataclass(frozen=True)
class ShownRun:
    """What the page shows: the run of the controls; if it failed, the last one that worked, with the errors."""

    trace: Trace | None
    errors: tuple[ExplorerError, ...] = ()


def shown_run(values: Mapping[str, Any], trained: bool = False) -> ShownRun:
    """The run of the controls' values.

    Args:
        trained: whether to run the trained network that the link names, if it names one.
    """
    network = trained_now() if trained else None
    try:
        experiment = Experiment.of(values)
        trace = trace_of(experiment) if network is None else _trained_run(experiment, network)
    except ExplorerError as error:
        last = st.session_state.get(LAST)
        return ShownRun(trace_of(last) if last else None, error.errors)
    st.session_state[LAST] = trace.experiment
    return ShownRun(trace)


@cached(LRUCache(TRAINED_BYTES, getsizeof=_size), condition=threading.Condition())
def _trained_run(experiment: Experiment, network: Trained) -> Trace:
    """The trace of a trained network: from the session's record, or trained again."""
    label = say("training", "replaying", iteration=f"{network.iteration:,}")
    return watched(trained_trace.steps(experiment, network, history_of(experiment, network)), label)
