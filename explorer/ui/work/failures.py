"""Unexpected exceptions are bugs: they are logged, and the page shows a sentence, also when a fragment is redrawn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

import streamlit as st

from explorer.show.words import say

LOG = logging.getLogger(__name__)


def errors_in_words(draw: Callable[[], None]) -> Callable[[], None]:
    """Decorate `draw`: an exception is logged and shown as a sentence instead of a traceback."""

    @wraps(draw)
    def drawn() -> None:
        try:
            draw()
        except Exception:
            LOG.exception("%s failed", draw.__name__)
            st.error(say("page", "internal"))

    return drawn
