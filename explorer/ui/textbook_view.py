"""Textbook formulas, each run as written beside the truth, on the experiment of the controls."""

from __future__ import annotations

import streamlit as st

from explorer.plots.textbook import textbook_figure
from explorer.textbook import FORMULAS, Formula
from explorer.trace import Trace
from explorer.ui.charts import chart
from explorer.ui.controls import take
from explorer.words import say
from explorer.words.formulas import number_sentence

KEY = "formula"


def picture(trace: Trace) -> None:
    """Choose a formula; read what it says, see what it does."""
    codes = list(FORMULAS)
    chosen = st.segmented_control(
        say("page", "formula"), codes, key=KEY, default=codes[0], required=True, bind="query-params"
    )
    formula = FORMULAS[chosen]
    _told(formula)
    if trace.experiment != formula.settings:
        st.button(say("page", "formula_settings"), on_click=_open, args=(formula,))
    misfits = formula.misfits(trace.experiment)
    if misfits:
        st.info("\n".join([say("page", "formula_misfits"), *(f"- {error.sentence}" for error in misfits)]))
        return
    comparison = formula.compare(trace)
    st.markdown(f"**{number_sentence(comparison)}**")
    chart(textbook_figure(comparison), heading=False)


def _told(formula: Formula) -> None:
    st.subheader(say("formula", formula.code), anchor=False)
    for place, key, latex in zip(
        st.columns(2, gap="medium"), ("written", "right"), (formula.written, formula.right), strict=True
    ):
        with place:
            words = say("formula_written" if key == "written" else "formula_wrong", formula.code)
            st.markdown(f"**{say('page', f'formula_{key}')}** {words}")
            st.latex(latex)
    source = say("page", "formula_source", source=", ".join(formula.source))
    st.markdown(f"**{say('page', 'formula_sees')}** {say('formula_sees', formula.code)} {source}")


def _open(formula: Formula) -> None:
    """The controls lie outside of the picture, so all of the page is drawn again."""
    take(formula.settings)
    st.rerun()
