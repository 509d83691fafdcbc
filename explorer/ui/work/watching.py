"""Long work, watched on the page: with a bar once the wait is felt, giving way to whoever moves a control.

`watched` does all of it in one run of the page; `in_pieces` a piece with each redraw, and can be stopped.
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

PATIENCE = 0.3  # seconds before a bar is worth its place
PIECE = 0.8  # seconds
REMEMBERED = 48
WORK = "work in pieces"
STOPPED = "work that was stopped"
_RESULTS: LRUCache[Hashable, Any] = LRUCache(REMEMBERED)
_LOCK = threading.Lock()
Found = TypeVar("Found")


def watched(work: Work[Found], label: str = "") -> Found:
    """What `work` returns in the end; a newer run of the session ends it at one of its shares.

    Args:
        label: of the bar; without one there is none.
    """
    place, began = st.empty() if label else None, time.monotonic()

    def seen(share: float) -> None:
        st.session_state.get(WORK)  # where Streamlit ends a script that is out of date
        if place is not None and time.monotonic() - began > PATIENCE:
            place.progress(min(max(share, 0.0), 1.0), label)

    found = finished(work, seen)
    if place is not None:
        place.empty()
    return found


@dataclass
class _Work:
    """A generator on its way: it yields the share that is done, and returns what it found."""

    key: Hashable
    generator: Work[Any]
    share: float = 0.0


def in_pieces(
    key: Hashable, begin: Callable[[], Work[Found]], label: str, meanwhile: Callable[[], None]
) -> Found | None:
    """What the work of this key returns, from memory where anybody has done it; None while it is on its way.

    Args:
        key: of the frozen values that decide it.
        begin: the work: yields the share that is done, 0 … 1.
        meanwhile: draws what is seen below the bar.
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
    """This fragment alone, where it is not drawn as a part of the whole page."""
    try:
        st.rerun("fragment")
    except StreamlitAPIException:
        st.rerun()


def _one_piece(work: _Work) -> bool:
    """Whether it has come to its end."""
    until = time.monotonic() + PIECE
    try:
        work.share = next(work.generator)
        while time.monotonic() < until:
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
