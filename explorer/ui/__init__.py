"""The pages. State lives in the controls, and so in the link."""

from __future__ import annotations

import streamlit as st

from explorer.ui.failures import in_words
from explorer.ui.guide import guide
from explorer.ui.housekeeping import keep_house
from explorer.ui.page import explorer_page
from explorer.ui.style import apply_style
from explorer.words import say


def show() -> None:
    """Draw the app."""
    keep_house()
    st.set_page_config(page_title=say("page", "title"), page_icon="∂", layout="wide", initial_sidebar_state="auto")
    apply_style()
    in_words(explorer_page)()
    guide()
