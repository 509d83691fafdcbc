"""Runs, remembered: many sessions that look at the same experiment compute it once."""

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

# NumPy's worker threads spin for a while after each product, on the cores that serve and draw the page: with them a
# redraw takes a third longer, and many sessions at once gain nothing from them.
threadpool_limits(1, user_api="blas")

CACHE_BYTES = 48 * 2**20  # three dozen runs of the default size: what a class looks at, in a server that stays small
LAST = "last experiment that ran"
TRAINED_BYTES = 24 * 2**20
_DIGESTS: WeakKeyDictionary[Trace, str] = WeakKeyDictionary()


def _size(trace: Trace) -> int:
    return min(trace.nbytes, TRAINED_BYTES)  # one that is larger than its cache has it for itself


@cached(LRUCache(CACHE_BYTES, getsizeof=_size), condition=threading.Condition())
def trace_of(experiment: Experiment) -> Trace:
    """The experiment's trace, from memory where it was run before; keyed by the frozen experiment.

    Whoever asks while another session computes it waits for that: a class that opens one link computes it once. The
    other memories of the page do the same.
    """
    return run(experiment)


def key_of(trace: Trace) -> tuple[Experiment, str]:
    """What tells a trace from all others: its experiment, and the arrays that it was given in place of its own.

    Whatever is remembered of a trace is remembered under this, for a trained network has an untrained one's experiment.
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
    """What the page shows: the controls' own run, or the last that worked with the reasons why theirs does not."""

    trace: Trace | None
    errors: tuple[ExplorerError, ...] = ()


def shown_run(values: Mapping[str, Any], trained: bool = False) -> ShownRun:
    """The run of what the controls say.

    Args:
        trained: whether it is the network of a training, where the link asks for one.
    """
    wanted = trained_now() if trained else None
    try:
        experiment = Experiment.of(values)
        trace = trace_of(experiment) if wanted is None else _trained(experiment, wanted)
    except ExplorerError as error:
        last = st.session_state.get(LAST)
        return ShownRun(trace_of(last) if last else None, error.errors)
    st.session_state[LAST] = trace.experiment
    return ShownRun(trace)


@cached(LRUCache(TRAINED_BYTES, getsizeof=_size), condition=threading.Condition())
def _trained(experiment: Experiment, wanted: Trained) -> Trace:
    """From the session's own training, or trained again."""
    label = say("training", "replaying", iteration=f"{wanted.iteration:,}")
    return watched(trained_trace.steps(experiment, wanted, history_of(experiment, wanted)), label)
