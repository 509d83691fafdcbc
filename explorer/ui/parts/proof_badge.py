"""A button below the deck that checks the shown run against autograd and finite differences."""

from __future__ import annotations

import threading

import streamlit as st
from cachetools import LRUCache, cached

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.proof.prove import Proof, prove
from explorer.show.words import say
from explorer.show.words.proofs import proof_headline, proof_sentences
from explorer.ui.link.settings import PROVED
from explorer.ui.work.failures import errors_in_words
from explorer.ui.work.runs import LAST, trace_of

REMEMBERED = 64


@st.fragment(key="proof")
@errors_in_words
def proof_badge() -> None:
    """Draw the button, and the proof for as long as its experiment is the one shown."""
    experiment = st.session_state.get(LAST)
    if experiment is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked = st.button(say("proof", "button"), key="prove", width="content")
        st.caption(say("proof", "lead"), width="stretch")
    if clicked:
        st.session_state[PROVED] = experiment
    if st.session_state.get(PROVED) == experiment:
        _outcome(experiment)
    else:
        st.session_state[PROVED] = None


def _outcome(experiment: Experiment) -> None:
    trace = trace_of(experiment)
    with st.spinner(say("proof", "computing")):
        proof = _proof(trace)
    if proof.code == "overflowed":
        st.info(say("proof", "overflowed", step=f"{trace.overflow_step:,}"))
        return
    text = "\n\n".join([f"**{proof_headline(proof)}**", *proof_sentences(proof)])
    (st.success if proof.code == "held" and proof.checks else st.warning)(text)


@cached(LRUCache(REMEMBERED), key=lambda trace: trace.experiment, condition=threading.Condition())
def _proof(trace: Trace) -> Proof:
    return prove(trace)
