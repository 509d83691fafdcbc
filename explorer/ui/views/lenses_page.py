"""Lenses: why the gradient of the controls' run goes where it goes. Only the one that is looked at is computed."""

from __future__ import annotations

import threading
import time

import streamlit as st
from cachetools import LRUCache, cached

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.show.words import say
from explorer.ui.parts.charts import chart
from explorer.ui.views.lenses import LENSES
from explorer.ui.views.lenses.contract import Choices, Seen
from explorer.ui.work.runs import key_of

KEY = "lens"
REMEMBERED = 32  # sets of figures
PATIENCE = 0.3  # seconds before a progress bar is worth its place


def picture(trace: Trace) -> None:
    """Choose a lens; see its figures."""
    names = list(LENSES)
    name = st.segmented_control(
        say("page", "lens"),
        names,
        key=KEY,
        default=names[0],
        required=True,
        help=say("help", "lens"),
        bind="query-params",
    )
    st.markdown(say("lens_question", name))
    seen = _looked(name, trace)
    for sentence in seen.sentences:
        st.markdown(sentence)
    for figure in seen.figures:
        chart(figure)


def presented(trace: Trace, figure: str) -> None:
    """One figure of the lens that the scene chose, for a lecture hall: the first, unless it names another."""
    with st.container(key="unseen_choices"):
        seen = _looked(st.session_state.get(KEY, next(iter(LENSES))), trace)
    chart(next((f for f in seen.figures if f.name == figure), seen.figures[0]), heading=False)


def _looked(name: str, trace: Trace) -> Seen:
    choices, place = LENSES[name].choose(trace), st.empty()
    seen = _seen(name, trace, choices, _bar(place))
    place.empty()
    return seen


@cached(
    LRUCache(REMEMBERED),
    key=lambda name, trace, choices, progress: (name, key_of(trace), choices),
    condition=threading.Condition(),
)
def _seen(name: str, trace: Trace, choices: Choices, progress: Progress) -> Seen:
    return LENSES[name].see(trace, *choices, progress=progress)


def _bar(place: st.delta_generator.DeltaGenerator) -> Progress:
    """A bar that appears once the wait is felt; drawing it is also where a newer run takes over."""
    began = time.monotonic()

    def progress(share: float) -> None:
        if time.monotonic() - began > PATIENCE:
            place.progress(min(max(share, 0.0), 1.0), say("page", "computing"))

    return progress
