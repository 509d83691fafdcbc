"""A plotly figure with caption and text alternative, for views that are not dragged."""

from __future__ import annotations

from importlib import import_module
from typing import Literal

import streamlit as st

from explorer.show.plots.record import Figure
from explorer.ui.deck.blocks import LECTURE_SCALE
from explorer.ui.parts.figure_files import figure_files

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def chart(figure: Figure, heading: bool = True) -> None:
    """Draw the figure by plotly; in a story enlarged, and without caption and file buttons."""
    import_module("pandas")  # plotly looks for it, and must not find it half imported by another session
    from explorer.show.plots.enlarged import enlarged  # imported late: the main page needs no plotly
    from explorer.show.plots.plotly_renderer import render

    if heading:
        st.subheader(figure.title, anchor=False)
    drawn = render(figure, st.context.theme.type or "light")
    in_story = bool(st.session_state.get("story"))
    if in_story:
        drawn = enlarged(drawn, LECTURE_SCALE)
    height: Literal["stretch", "content"] = "stretch" if in_story else "content"  # a story's style gives it a window
    st.plotly_chart(drawn, theme=None, key=figure.name, config=CONFIG, alt=figure.alternative, height=height)
    if not in_story:
        figure_files(figure, figure.name)
        lead, rest = figure.caption_parts
        st.caption(lead, help=rest or None)
