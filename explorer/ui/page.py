"""The main page, in the order in which it is seen: verdict, numbers, the deck of figures, the same as a table."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.trace import Trace
from explorer.ui.controls import PICTURE, settings, sidebar
from explorer.ui.deck import deck, deck_code, hand_over
from explorer.ui.deck_blocks import Desk, lanes_block, library_of, live_block, setup, slow_block
from explorer.ui.desk import desk, hidden_inputs, on_act
from explorer.ui.failures import in_words
from explorer.ui.link import NOTES, open_link
from explorer.ui.look_ahead import look_ahead
from explorer.ui.numbers_table import numbers_table
from explorer.ui.runs import LAST, ShownRun, shown_run, trace_of
from explorer.ui.verdict_block import verdict_of
from explorer.words import say


def explorer_page() -> None:
    """Controls beside the picture. What cannot be run is said, and the last picture stays."""
    open_link()
    sidebar()
    hidden_inputs()
    deck_code(setup())
    if st.session_state["pins"]:
        hand_over("library", library_of(desk().pins).block)
    _picture()
    _said_without_a_deck()
    numbers_table(st.session_state.get(LAST))


@st.fragment(key=PICTURE)
@in_words
def _picture() -> None:
    """All that follows from the controls: a number that changes redraws this alone, which halves the time it takes."""
    run = shown_run(settings())
    _notices(run)
    if run.trace is not None:
        st.html(f'<section class="source verdict">{verdict_of(run.trace)}</section>')
        _figures(run.trace, desk())


def _said_without_a_deck() -> None:
    """Seen where the deck's script does not run, see style.py."""
    st.html(f'<p class="source failed" role="alert">{escape(say("page", "failed"))}</p>')


def _notices(run: ShownRun) -> None:
    """What was not taken from the link, and what cannot be run."""
    notes = st.session_state[NOTES]
    if notes:
        st.warning("\n".join([say("page", "not_taken"), *(f"- {note}" for note in notes)]))
    if run.errors:
        lead = say("page", "not_run" if run.trace else "not_run_first")
        st.warning("\n".join([lead, *(f"- {error.sentence}" for error in run.errors)]))


def _figures(trace: Trace, desk: Desk) -> None:
    """The deck first; what it can do without for a moment comes last, and gives way to a newer run."""
    deck(live_block(trace, desk), on_act)
    if desk.slow:
        hand_over("stage", slow_block(trace, desk.slow))
    if desk.drag:
        hand_over("lanes", lanes_block(trace, desk, between=_give_way))
    look_ahead(trace.experiment, lambda further: live_block(trace_of(further), desk), _give_way)


def _give_way() -> None:
    """Let a newer run of this session take over: a look at the state is where Streamlit stops an outdated script."""
    st.session_state.get(NOTES)
