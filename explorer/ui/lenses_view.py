"""Lenses: why the gradient of the controls' run goes where it goes. Only the one that is looked at is computed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import streamlit as st
from cachetools import LRUCache, cached

from explorer.lenses.jacobian_fan import jacobian_fan
from explorer.lenses.lyapunov import lyapunov
from explorer.lenses.reach import reach
from explorer.plots.lenses import fan_figure, reach_figure, reach_profile, spectrum_figure
from explorer.plots.record import Figure
from explorer.trace import Trace
from explorer.ui.charts import chart
from explorer.ui.link import LENS_NAMES
from explorer.words import say

KEY = "lens"
REMEMBERED = 32  # sets of figures
BINS = 200  # of the matrix on the page: a picture shows no more


def _reach(trace: Trace) -> list[Figure]:
    seen = reach(trace, bins=BINS)
    return [reach_figure(seen, trace.experiment), reach_profile(seen, trace.experiment)]


def _fan(trace: Trace) -> list[Figure]:
    return [fan_figure(jacobian_fan(trace, points=101), trace.experiment)]


def _lyapunov(trace: Trace) -> list[Figure]:
    return [spectrum_figure(lyapunov(trace), trace.experiment)]


LENSES: dict[str, Callable[[Trace], list[Figure]]] = dict(zip(LENS_NAMES, (_reach, _fan, _lyapunov), strict=True))


@cached(LRUCache(REMEMBERED), key=lambda name, trace: (name, trace.experiment), lock=threading.Lock())
def _figures(name: str, trace: Trace) -> list[Figure]:
    return LENSES[name](trace)


def picture(trace: Trace) -> None:
    """Choose a lens; see its figures."""
    name = st.segmented_control(
        say("page", "lens"),
        list(LENSES),
        key=KEY,
        default=LENS_NAMES[0],
        required=True,
        bind="query-params",
    )
    st.markdown(say("lens_question", name))
    with st.spinner(say("page", "computing"), show_time=False):
        figures = _figures(name, trace)
    for figure in figures:
        chart(figure)
