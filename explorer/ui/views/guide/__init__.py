"""A guide of three steps for a first visit: a small card beside the picture, and an outline around its subject.

Each browser shows it once and remembers that in its own storage; the server knows nothing of it.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.show.words import catalogue
from explorer.ui.link.opening import NOTES, VIEW_NAMES
from explorer.ui.link.settings import VIEW
from explorer.ui.parts.component import component
from explorer.ui.state.page import given
from explorer.ui.views.story import current_story

_CARD = component(Path(__file__).parent)
BARE = "came without a link"


def guide() -> None:
    """Draw the card in sessions that began without a link; a lecturer's link opens without it."""
    state = st.session_state
    bare = state.setdefault(BARE, not given() and not state.get(NOTES))
    if bare and state.get(VIEW) == VIEW_NAMES[0] and current_story() is None:
        _CARD(key="guide", data=catalogue()["guide"])
