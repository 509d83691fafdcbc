"""Slots: parts of the page that a changed number redraws on their own, without controls and texts around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

SLOTS = "slots of the page"


def slot(name: str, show: Callable[[], object]) -> None:
    """A place of the page that `show` fills, now and at every `redraw`."""
    st.session_state.setdefault(SLOTS, []).append(name)
    st.fragment(show, key=name)()


def forget_slots() -> None:
    """At the start of a whole run: the slots are those that it will draw."""
    st.session_state[SLOTS] = []


def redraw(names: Sequence[str] | None = None) -> None:
    """In a callback: rerun these slots, all of the page's unless said otherwise, in place of the whole page."""
    st.rerun(list(names or st.session_state[SLOTS]))
