"""The view "lenses": why the gradient takes its course. Only the chosen lens is computed."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from cachetools import LRUCache, cached

from explorer.engine.trace import Trace
from explorer.show.lenses import LENSES
from explorer.show.lenses.contract import Choices
from explorer.show.plots.record import Figure
from explorer.show.words import say
from explorer.show.words.labels import lens_question
from explorer.ui.controls.lens_choices import chosen
from explorer.ui.parts.charts import chart
from explorer.ui.state.page import default_to, held
from explorer.ui.work.runs import key_of
from explorer.ui.work.watching import watched

KEY = "lens"
REMEMBERED = 32  # sets of figures
MOST_PARTS = 24  # intermediate results that several sets may share


@dataclass(frozen=True)
class LensContent:
    """What a lens shows: sentences with numbers, then figures."""

    figures: tuple[Figure, ...]
    sentences: tuple[str, ...]


def picture(trace: Trace) -> None:
    """Draw the choice of a lens, its sentences and its figures."""
    names = list(LENSES)
    default_to(KEY, names[0])
    name = st.segmented_control(
        say("page", "lens"), names, default=names[0], required=True, help=say("help", "lens"), **held(KEY)
    )
    st.markdown(lens_question(name))
    content = _content(name, trace)
    for sentence in content.sentences:
        st.markdown(sentence)
    for figure in content.figures:
        chart(figure)


def presented(trace: Trace, figure: str) -> None:
    """Draw one figure of the scene's lens for a lecture hall: the one called `figure`, or else the first."""
    with st.container(key="unseen_choices"):
        content = _content(st.session_state[KEY] or next(iter(LENSES)), trace)
    chart(next((f for f in content.figures if f.name == figure), content.figures[0]), heading=False)


def _content(name: str, trace: Trace) -> LensContent:
    return _cached_content(name, trace, chosen(LENSES[name], trace))


@cached(
    LRUCache(REMEMBERED),
    key=lambda name, trace, choices: (name, key_of(trace), choices),
    condition=threading.Condition(),
)
def _cached_content(name: str, trace: Trace, choices: Choices) -> LensContent:
    lens = LENSES[name]
    parts = watched(lens.look(trace, choices, remembered=_CachedParts(trace)), say("page", "computing"))
    return LensContent(tuple(lens.figures(parts, trace, choices)), tuple(lens.sentences(parts, trace, choices)))


class _CachedParts(MutableMapping[Hashable, Any]):
    """A view of the shared cache for one trace; it keeps the parts it has seen, even if the cache drops them."""

    def __init__(self, trace: Trace) -> None:
        self._trace = key_of(trace)
        self._own: dict[Hashable, Any] = {}

    def __contains__(self, key: object) -> bool:
        with _LOCK:
            if (self._trace, key) in _PARTS:
                self._own[key] = _PARTS[self._trace, key]
        return key in self._own

    def __getitem__(self, key: Hashable) -> Any:
        return self._own[key]

    def __setitem__(self, key: Hashable, value: Any) -> None:
        self._own[key] = value
        with _LOCK:
            _PARTS[self._trace, key] = value

    def __delitem__(self, key: Hashable) -> None:
        del self._own[key]

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


_PARTS: LRUCache[Hashable, Any] = LRUCache(MOST_PARTS)
_LOCK = threading.Lock()
