"""What a session holds of trainings: the one it watches, and which trained network the explorer shows."""

from __future__ import annotations

import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.questions.training import History
from explorer.ui.link.training import TRAINED, Trained, parse
from explorer.ui.trainings.watched import Watched

WATCHED = "the session's training"


def watched_now() -> Watched | None:
    """The session's training, if there is one."""
    found = st.session_state.get(WATCHED)
    return found if isinstance(found, Watched) else None


def at_work() -> bool:
    """Whether a training goes on in sight: what sets controls by itself then waits for a pause.

    The clock of a training's fragment asks for a slice again and again, and each time the browser says what all
    controls show; what it sent before it heard of new values would bring the old ones back.
    """
    watched = watched_now()
    return st.session_state.get("view") == "training" and watched is not None and watched.running


def trained_now() -> Trained | None:
    """The trained network that the link asks for, if it does; the link was cleaned when the session began."""
    text = st.session_state.get(TRAINED, "")
    return parse(text) if text else None


def leave_trained() -> bool:
    """Back to untrained networks; whether there was anything to leave. Only in a callback."""
    there = bool(st.session_state.get(TRAINED))
    st.session_state[TRAINED] = ""
    return there


def trained_input() -> None:
    """The input behind it, which nobody sees: a bound input is how Streamlit keeps a link up to date."""
    with st.container(key="trained_input"):
        st.text_input(TRAINED, key=TRAINED, label_visibility="collapsed", bind="query-params")


def history_of(experiment: Experiment, trained: Trained) -> History | None:
    """The session's own record of this very training, if it has come that far."""
    watched = watched_now()
    if watched is None or (watched.experiment, watched.compared) != (experiment, trained.compared):
        return None
    same = watched.asked.replace(steps=trained.plan.steps, evaluate_every=trained.plan.evaluate_every)
    if same != trained.plan or watched.iteration < trained.iteration:
        return None
    return watched.history()
