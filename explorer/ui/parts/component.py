"""A piece of the page with a script and a style sheet of its own."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def component(folder: Path) -> ComponentRenderer:
    """The component of `folder`, which holds `NAME.css` and `NAME.js`, where NAME is the folder's own name."""
    css, js = ((folder / f"{folder.name}.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component(folder.name, css=css, js=js, isolate_styles=False)
