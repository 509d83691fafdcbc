"""The row on top of every page: its name, the entries, undo and redo, and the link.

Undo is the browser's Back: each change of the page is one step of its history.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.show.words import catalogue, say
from explorer.ui.parts.copy_link import copy_link

FOLDER = Path(__file__).parent
_STEPS = st.components.v2.component(
    "header",
    css=(FOLDER / "header.css").read_text(encoding="utf-8"),
    js=(FOLDER / "header.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def header(entries: Callable[[], None]) -> None:
    """Draw the row; `entries` draws the choice among the views."""
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(f"∂ :small[{say('page', 'title')}]", anchor=False, width="content")
        entries()
        _STEPS(key="header_steps", data=catalogue()["header"], width="content")
        copy_link()
