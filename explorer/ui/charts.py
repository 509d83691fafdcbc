"""A figure on the page, by plotly, with its text alternative."""

from __future__ import annotations

import streamlit as st

from explorer.plots.record import Figure

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def draw(figure: Figure) -> None:
    from explorer.plots.plotly_renderer import render

    theme = st.context.theme.type or "light"
    st.plotly_chart(render(figure, theme), theme=None, key=figure.name, config=CONFIG, alt=figure.alternative)
