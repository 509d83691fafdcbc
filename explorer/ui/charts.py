"""A figure by plotly, with caption and text alternative: for views that do not follow the hand."""

from __future__ import annotations

import streamlit as st

from explorer.plots.record import Figure

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def chart(figure: Figure, heading: bool = True) -> None:
    from explorer.plots.plotly_renderer import render  # late: the main page draws without plotly

    if heading:
        st.subheader(figure.title, anchor=False)
    theme = st.context.theme.type or "light"
    st.plotly_chart(render(figure, theme), theme=None, key=figure.name, config=CONFIG, alt=figure.alternative)
    st.caption(figure.caption)
