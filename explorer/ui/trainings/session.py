"""A session's training state: the training it watches, and the trained network that the explorer shows."""

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
    """Whether the training page shows a running training: buttons that set controls are then disabled.

    The training's fragment reruns on a timer, and each rerun sends the browser's values of all controls. One that was
    sent before the browser received new values would bring the old ones back.
    """
    watched = watched_now()
    return st.session_state.get("view") == "training" and watched is not None and watched.running


def trained_now() -> Trained | None:
    """The trained network that the link names, or None. The link was cleaned when the session began."""
    text = st.session_state.get(TRAINED, "")
    return parse(text) if text else None


def leave_trained() -> bool:
    """Return to untrained networks; only in a callback. Returns whether a trained one was shown."""
    was_trained = bool(st.session_state.get(TRAINED))
    st.session_state[TRAINED] = ""
    return was_trained


def history_of(experiment: Experiment, trained: Trained) -> History | None:
    """The session's record of this very training, or None if it has not reached the iteration."""
    watched = watched_now()
    if watched is None or (watched.experiment, watched.compared) != (experiment, trained.compared):
        return None
    same = watched.asked.replace(steps=trained.plan.steps, evaluate_every=trained.plan.evaluate_every)
    if same != trained.plan or watched.iteration < trained.iteration:
        return None
    return watched.history()
