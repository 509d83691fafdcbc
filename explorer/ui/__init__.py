"""The pages. State lives in the controls, and so in the link."""

from __future__ import annotations

import logging

import streamlit as st

from explorer.ui.page import explorer_page
from explorer.ui.style import apply_style
from explorer.words import say

LOG = logging.getLogger(__name__)


def show() -> None:
    """Draw the app. Whatever escapes is a bug: it is logged, and the page says so in words."""
    st.set_page_config(page_title=say("page", "title"), page_icon="∂", layout="wide", initial_sidebar_state="auto")
    apply_style()
    try:
        explorer_page()
    except Exception:
        LOG.exception("a page failed")
        st.error(say("page", "internal"))
