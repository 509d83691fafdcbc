"""The page. Its state lives in the controls, which are bound to the link."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from explorer.show.words import say
from explorer.ui.page import explorer_page
from explorer.ui.style import apply_style
from explorer.ui.views.guide import guide
from explorer.ui.work.failures import errors_in_words
from explorer.ui.work.memory import free_memory_regularly

# A data URL: the browser would request a plain character as a file, and an emoji from another server.
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0072B2"/>'
    '<text x="16" y="25" font-family="serif" font-size="26" text-anchor="middle" fill="#fff">∂</text></svg>'
)
ICON = f"data:image/svg+xml,{quote(SVG)}"


def show() -> None:
    """Draw the app."""
    free_memory_regularly()
    st.set_page_config(page_title=say("page", "title"), page_icon=ICON, layout="wide", initial_sidebar_state="auto")
    apply_style()
    errors_in_words(explorer_page)()
    guide()
