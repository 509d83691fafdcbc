"""Two buttons beside a figure by plotly: the figure as PNG and as SVG, as the deck's figures have them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.show.plots.record import Figure
from explorer.show.words import say

FOLDER = Path(__file__).parent
FORMATS = {"png": "picture", "svg": "drawing"}
_BUTTONS = st.components.v2.component(
    "figure_files",
    css=(FOLDER / "figure_files.css").read_text(encoding="utf-8"),
    js=(FOLDER / "figure_files.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def figure_files(figure: Figure, key: str) -> None:
    """The buttons of the figure that is drawn as the element `key`."""
    buttons = [
        {"format": form, "label": say("deck", word), "help": say("deck", f"{word}_help", name=figure.title)}
        for form, word in FORMATS.items()
    ]
    _BUTTONS(key=f"files of {key}", data={"figure": key, "name": figure.name, "buttons": buttons})
