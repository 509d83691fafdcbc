"""A plotly figure with caption and text alternative, for views that are not dragged."""

from __future__ import annotations

from importlib import import_module

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
    if st.session_state.get("story"):
        drawn = enlarged(drawn, LECTURE_SCALE)
    st.plotly_chart(drawn, theme=None, key=figure.name, config=CONFIG, alt=figure.alternative)
    if not st.session_state.get("story"):
        figure_files(figure, figure.name)
        lead, rest = figure.caption_parts
        st.caption(lead, help=rest or None)
