"""The first view: the verdict, the deck of figures, and the numbers as a table."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from explorer.engine.trace import Trace
from explorer.show.words import say
from explorer.ui.deck import deck, deck_code, send_block
from explorer.ui.deck.blocks import Extras, lanes_block, library_of, live_block, seeds_block, setup, slow_block
from explorer.ui.deck.extras import extras, on_act
from explorer.ui.deck.verdict import verdict_of
from explorer.ui.link.opening import NOTES
from explorer.ui.link.settings import settings
from explorer.ui.parts.numbers_table import numbers_table
from explorer.ui.parts.proof_badge import proof_badge
from explorer.ui.state.page import keep
from explorer.ui.trainings.session import trained_now
from explorer.ui.views.take_home import take_home, to_take_home
from explorer.ui.work.look_ahead import look_ahead
from explorer.ui.work.runs import shown_run, trace_of
from explorer.ui.work.seeds import bands_of, remembered


def before_picture() -> None:
    """Draw what the deck needs and what does not change with a number: its script, the arrays of the pins."""
    deck_code(setup())
    if st.session_state["pins"]:
        send_block("library", library_of(extras().pins).block)


def picture(trace: Trace) -> None:
    """Draw the verdict and the deck for the trace."""
    to_take_home(trace.experiment)
    present_extras = replace(extras(), compare=False, drag="", seeds=0) if trace.supplied else extras()
    verdict = verdict_of(trace, present_extras.seeds, remembered(trace.experiment, present_extras.seeds))
    st.html(f'<section class="source verdict">{verdict}</section>')
    _figures(trace, present_extras)


def one_figure(trace: Trace, name: str) -> None:
    """Draw the verdict and one figure of the deck, for a lecture hall."""
    st.html(f'<section class="source verdict">{verdict_of(trace)}</section>')
    deck(live_block(trace, extras(name)), on_act)


def after_picture() -> None:
    """Draw what follows the deck: the proof, the table, and the files to take home."""
    _failure_notice()
    trained = trained_now() is not None
    if not trained:  # the proof is about the untrained network
        proof_badge()
    numbers_table(shown_run(settings(), trained=True).trace)
    if not trained:
        take_home()


def _failure_notice() -> None:
    """A message that is visible only where the deck's script does not run, see style.py."""
    st.html(f'<p class="source failed" role="alert">{escape(say("page", "failed"))}</p>')


def _figures(trace: Trace, extras: Extras) -> None:
    """Draw the deck first; blocks that it can wait for come later, and a newer run interrupts them."""
    bands_are_drawn = remembered(trace.experiment, extras.seeds) is not None
    deck(live_block(trace, extras), on_act)
    keep()  # after the picture: the browser takes some milliseconds over its address
    if extras.slow:
        send_block("stage", slow_block(trace, extras.slow))
    if extras.seeds and not bands_are_drawn:
        send_block("seeds_block", seeds_block(trace, extras, bands_of(trace.experiment, extras.seeds)))
    if extras.drag:
        send_block("lanes", lanes_block(trace, extras))
    if not trace.supplied:
        look_ahead(trace.experiment, lambda next_experiment: live_block(trace_of(next_experiment), extras), _give_way)


def _give_way() -> None:
    """Let a newer run of this session take over: Streamlit stops an outdated script when it accesses the state."""
    st.session_state.get(NOTES)
