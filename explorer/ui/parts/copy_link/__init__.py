"""A button that copies the page's address: the link is the whole state."""

from __future__ import annotations

from pathlib import Path

from explorer.show.words import say
from explorer.ui.parts.component import component

_BUTTON = component(Path(__file__).parent)
WORDS = ("copy_link", "copied", "copy_yourself", "link")


def copy_link() -> None:
    """Draw the button. Without access to the clipboard it shows the address as selected text."""
    _BUTTON(key="copy_link", data={name: say("take_home", name) for name in WORDS})
