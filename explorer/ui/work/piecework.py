"""Long work in pieces: each redraw of the page does one, so that whoever moves a control is heard in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import streamlit as st
from cachetools import LRUCache
from streamlit.errors import StreamlitAPIException

from explorer.show.words import say

PIECE = 0.8  # seconds
REMEMBERED = 48
WORK = "work in pieces"
STOPPED = "work that was stopped"
_RESULTS: LRUCache[Hashable, Any] = LRUCache(REMEMBERED)
_LOCK = threading.Lock()
Found = TypeVar("Found")


@dataclass
class _Work:
    """A generator on its way: it yields the share that is done, and returns what it found."""

    key: Hashable
    generator: Generator[float, None, Any]
    share: float = 0.0


def found(
    key: Hashable, begin: Callable[[], Generator[float, None, Found]], label: str, meanwhile: Callable[[], None]
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
        return found(key, begin, label, meanwhile)
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
