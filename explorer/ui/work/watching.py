"""Long work on the page: with a progress bar after a moment, and interrupted when a control is moved.

`watched` does all of it in one run of the page; `in_pieces` does a piece per redraw and can be stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import streamlit as st
from cachetools import LRUCache
from streamlit.errors import StreamlitAPIException

from explorer.base.long_work import Work, finished
from explorer.show.words import say

PATIENCE = 0.3  # seconds before the bar appears
PIECE = 0.8  # seconds of work per redraw
REMEMBERED = 48  # results
WORK = "work in pieces"
STOPPED = "work that was stopped"
_RESULTS: LRUCache[Hashable, Any] = LRUCache(REMEMBERED)
_LOCK = threading.Lock()
Result = TypeVar("Result")


def watched(work: Work[Result], label: str = "") -> Result:
    """Drive `work` to its end and return its result; a newer run of the session ends it at the next share.

    Args:
        label: of the progress bar; without a label there is no bar.
    """
    place, began = st.empty() if label else None, time.monotonic()

    def report(share: float) -> None:
        st.session_state.get(WORK)  # access to the state: Streamlit ends an outdated script here
        if place is not None and time.monotonic() - began > PATIENCE:
            place.progress(min(max(share, 0.0), 1.0), label)

    result = finished(work, report)
    if place is not None:
        place.empty()
    return result


@dataclass
class _Work:
    """Work in progress: the generator yields the share that is done, and returns the result."""

    key: Hashable
    generator: Work[Any]
    share: float = 0.0


def in_pieces(
    key: Hashable, begin: Callable[[], Work[Result]], label: str, meanwhile: Callable[[], None]
) -> Result | None:
    """The result of the work with this key, cached for all sessions; None while it is in progress.

    Args:
        key: the frozen values that determine the result.
        begin: starts the work, which yields the share that is done, 0 … 1.
        meanwhile: draws what is shown below the bar until the result is there.
    """
    with _LOCK:
        if key in _RESULTS:
            return _RESULTS[key]
    work = st.session_state.get(WORK)
    if work is None or work.key != key:
        work = st.session_state[WORK] = _Work(key, begin())
    if st.session_state.get(STOPPED) != key and _one_piece(work):
        return in_pieces(key, begin, label, meanwhile)
    _bar(work, label)
    meanwhile()
    if st.session_state.get(STOPPED) != key:
        _again()
    return None


def _again() -> NoReturn:
    """Rerun this fragment alone; the whole page if the fragment is drawn as a part of it."""
    try:
        st.rerun("fragment")
    except StreamlitAPIException:
        st.rerun()


def _one_piece(work: _Work) -> bool:
    """Do one piece; return whether the work is finished."""
    deadline = time.monotonic() + PIECE
    try:
        work.share = next(work.generator)
        while time.monotonic() < deadline:
            work.share = next(work.generator)
    except StopIteration as end:
        with _LOCK:
            _RESULTS[work.key] = end.value
        del st.session_state[WORK]
        return True
    return False


def _bar(work: _Work, label: str) -> None:
    stopped = st.session_state.get(STOPPED) == work.key
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(work.share, text=say("cliff_page", "stopped") if stopped else label)
    with button:
        word, key = ("resume", None) if stopped else ("stop", work.key)
        st.button(say("cliff_page", word), key=word, on_click=_stop, args=(key,), width="stretch")


def _stop(key: Hashable) -> None:
    st.session_state[STOPPED] = key
