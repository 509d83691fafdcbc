"""A button that copies the page's address: the link is the whole state."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.show.words import say

FOLDER = Path(__file__).parent
_BUTTON = st.components.v2.component(
    "copy_link",
    css=(FOLDER / "copy_link.css").read_text(encoding="utf-8"),
    js=(FOLDER / "copy_link.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
WORDS = ("copy_link", "copied", "copy_yourself", "link")


def copy_link() -> None:
    """Draw the button. Without access to the clipboard it shows the address as selected text."""
    _BUTTON(key="copy_link", data={name: say("take_home", name) for name in WORDS})
