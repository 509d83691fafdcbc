"""The row on top of every page: its name, the entries, undo and redo, and the link.

Undo is the browser's Back: each change of the page is one step of its history.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.show.words import catalogue, say
from explorer.ui.parts.component import component
from explorer.ui.parts.copy_link import copy_link

_STEPS = component(Path(__file__).parent)


def header(entries: Callable[[], None]) -> None:
    """Draw the row; `entries` draws the choice among the views."""
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(f"∂ :small[{say('page', 'title')}]", anchor=False, width="content")
        entries()
        _STEPS(key="header_steps", data=catalogue()["header"], width="content")
        copy_link()
