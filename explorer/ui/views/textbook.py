"""The view "textbook": wrong formulas, computed as written beside the correct ones, and one correct derivation."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.textbook import FORMULAS, NAMES, RIGHT, Formula
from explorer.questions.textbook.derivation import SETTINGS, misfits
from explorer.show.plots.textbook import textbook_figure
from explorer.show.words import say
from explorer.show.words.formulas import number_sentence
from explorer.ui.link.settings import take
from explorer.ui.parts.charts import chart
from explorer.ui.parts.plain import plain
from explorer.ui.state.page import default_to, held
from explorer.ui.views.derivation import derivation_page

KEY = "formula"
VARIANT = "lags"  # the link's name for the variant of a formula that has several


def picture(trace: Trace) -> None:
    """Draw the choice of a formula, its texts, and its curve beside the correct one."""
    codes = list(NAMES)
    default_to(KEY, codes[0])
    help_ = say("help", KEY)
    chosen = st.selectbox(
        say("page", "formula"), codes, format_func=NAMES.__getitem__, width=380, help=help_, **held(KEY)
    )
    if chosen == RIGHT:
        st.subheader(say("derivation", "title"), anchor=False)
        st.markdown(f"{say('derivation', 'lead')} {say('derivation', 'source')}")
        if _applies(trace, SETTINGS, misfits(trace), say("derivation", "misfits")):
            derivation_page(trace)
        return
    formula = FORMULAS[chosen]
    _formula_texts(formula, trace.experiment)
    if _applies(trace, formula.settings, formula.misfits(trace.experiment), say("page", "formula_misfits")):
        _comparison(formula, trace)


def presented(trace: Trace, figure: str) -> None:
    """Draw the scene's formula as written and corrected, and both curves, for a lecture hall."""
    formula = FORMULAS.get(st.session_state[KEY] or "", next(iter(FORMULAS.values())))
    if reasons := formula.misfits(trace.experiment):
        st.info("\n".join([say("page", "formula_misfits"), *(f"- {plain(error.sentence)}" for error in reasons)]))
        return
    for place, key, latex in zip(st.columns(2), ("written", "right"), (formula.written, formula.right), strict=True):
        place.markdown(f"{say('page', f'formula_{key}_short')} ${latex}$")
    comparison = formula.compare(trace)
    chart(textbook_figure(comparison), heading=False)


def _applies(trace: Trace, own: Experiment, reasons: Sequence[ExplorerError], lead: str) -> bool:
    """Offer the formula's own settings, say why it does not apply to the shown run; return whether it applies."""
    if trace.experiment != own:
        st.button(say("page", "formula_settings"), on_click=_open, args=(own,))
    if reasons:
        st.info("\n".join([lead, *(f"- {plain(error.sentence)}" for error in reasons)]))
    return not reasons


def _formula_texts(formula: Formula, shown: Experiment) -> None:
    """The formula as written and right, and what one sees at its own settings, which may not be the `shown` ones."""
    st.subheader(say("formula", formula.code), anchor=False)
    for place, key, latex in zip(
        st.columns(2, gap="medium"), ("written", "right"), (formula.written, formula.right), strict=True
    ):
        with place:
            words = say("formula_written" if key == "written" else "formula_wrong", formula.code)
            st.markdown(f"**{say('page', f'formula_{key}')}** {words}")
            st.latex(latex)
    source = say("page", "formula_source", source=", ".join(formula.source))
    lead = say("page", "formula_sees" if shown == formula.settings else "formula_sees_own")
    st.markdown(f"**{lead}** {say('formula_sees', formula.code)} {source}")


def _comparison(formula: Formula, trace: Trace) -> None:
    """Draw one number and both curves; before them the choice of a variant, if the formula has several."""
    variant = ""
    if formula.variants:
        names = list(formula.variants)
        default_to(VARIANT, names[0])
        variant = st.segmented_control(
            say("page", VARIANT),
            names,
            default=names[0],
            required=True,
            help=say("help", VARIANT),
            **held(VARIANT),
        )
    comparison = formula.compare(trace, variant)
    st.markdown(f"##### {number_sentence(comparison)}")
    chart(textbook_figure(comparison), heading=False)


def _open(settings: Experiment) -> None:
    """Set the controls; they are outside of the picture, so the whole page is drawn again."""
    take(settings)
    st.rerun()
