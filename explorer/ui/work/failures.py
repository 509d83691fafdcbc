"""Whatever escapes is a bug: it is logged, and the page says so in words, where a part of it is redrawn as well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

import streamlit as st

from explorer.show.words import say

LOG = logging.getLogger(__name__)


def errors_in_words(draw: Callable[[], None]) -> Callable[[], None]:
    """`draw`, with a sentence in place of a traceback."""

    @wraps(draw)
    def drawn() -> None:
        try:
            draw()
        except Exception:
            LOG.exception("%s failed", draw.__name__)
            st.error(say("page", "internal"))

    return drawn
