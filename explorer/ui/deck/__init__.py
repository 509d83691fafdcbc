"""The deck: all figures of the page on canvas, in one component that is updated in place.

It receives blocks of bytes (`explorer.show.plots.deck_renderer`) and sends back the user's actions: ``{"do": …}``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui.deck.modules import script, source

_CSS = (Path(__file__).parent / "deck.css").read_text(encoding="utf-8")
_CODE = st.components.v2.component("deck_code", css=_CSS, js=script(), isolate_styles=False)
_INBOX = st.components.v2.component("deck", js=source("inbox.js"), isolate_styles=False)
KEY = "deck"


def deck_code(setup: dict[str, Any]) -> None:
    """Send the deck's script and texts, in their own element: Streamlit sends a script along with all data."""
    _CODE(key="deck_code", data=setup)


def deck(block: bytes, on_act: Callable[[], None]) -> None:
    """Draw the figures of `block`. `on_act` is called before the next run and reads the action by `acted`."""
    _INBOX(key=KEY, data=block, on_act_change=on_act)


def send_block(key: str, block: bytes) -> None:
    """Send the deck a further block under a key of its own."""
    _INBOX(key=key, data=block)


def acted() -> dict[str, Any]:
    """The user's last action on the deck; empty if it is none."""
    act = st.session_state[KEY].act
    return act if isinstance(act, dict) else {}
