"""Two buttons at a plotly figure that save it as PNG and as SVG, like those of the deck's figures."""

from __future__ import annotations

from pathlib import Path

from explorer.show.plots.record import Figure
from explorer.show.words import say
from explorer.ui.parts.component import component

FORMATS = {"png": "picture", "svg": "drawing"}
_BUTTONS = component(Path(__file__).parent)


def figure_files(figure: Figure, key: str) -> None:
    """Draw the buttons of the figure whose Streamlit element has the key `key`."""
    buttons = [
        {"format": form, "label": say("deck", word), "help": say("deck", f"{word}_help", name=figure.title)}
        for form, word in FORMATS.items()
    ]
    _BUTTONS(key=f"files of {key}", data={"figure": key, "name": figure.name, "buttons": buttons})
