"""Start, pause, step, stop and continue."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.training import TrainingPlan
from explorer.ui.training.plan_controls import COMPARED, compared_toggle, plan_settings
from explorer.ui.training.session import WATCHED, watched_now
from explorer.ui.training.watched import Watched
from explorer.words import say

REFUSED = "why the training was refused"
CHOSEN = "open_iteration"
COLOURS = "range of the waterfall so far"


def buttons(experiment: Experiment) -> None:
    """The row of buttons; those that make no sense now are off."""
    watched = watched_now()
    running = watched is not None and watched.running
    going = watched is not None and watched.state in ("running", "paused")
    with st.container(horizontal=True, vertical_alignment="center"):
        compared_toggle()
        label = "start" if watched is None else "start_anew"
        st.button(
            say("training", label),
            key="train_start",
            on_click=_start,
            args=(experiment,),
            type="primary" if watched is None else "secondary",
            help=say("training", "start_help"),
        )
        if running:
            st.button(say("training", "pause"), key="train_pause", on_click=_pause, type="primary")
        else:
            further = watched is not None and watched.state == "done"
            said = say("training", "go_further", steps=f"{watched.plan.steps:,}") if watched and further else ""
            stuck = watched is None or watched.state == "ended"
            st.button(said or say("training", "go_on"), key="train_go_on", on_click=_go_on, disabled=stuck)
        st.button(
            say("training", "step"),
            key="train_step",
            on_click=_step,
            args=(experiment,),
            disabled=running or (watched is not None and watched.state == "ended"),
            help=say("training", "step_help"),
        )
        st.button(
            say("training", "stop"),
            key="train_stop",
            on_click=_stop,
            disabled=not going,
            help=say("training", "stop_help"),
        )


def _start(experiment: Experiment) -> None:
    state = st.session_state
    state[REFUSED] = []
    try:
        watched = Watched(experiment, TrainingPlan(**plan_settings()), bool(state[COMPARED]))
    except ExplorerError as error:
        state[REFUSED] = [e.sentence for e in error.errors]
        return
    state[WATCHED] = watched
    state[CHOSEN] = None
    state.pop(COLOURS, None)


def _pause() -> None:
    if watched := watched_now():
        watched.pause()


def _go_on() -> None:
    if watched := watched_now():
        watched.go_on()


def _step(experiment: Experiment) -> None:
    if watched_now() is None:
        _start(experiment)
    if watched := watched_now():
        watched.step()


def _stop() -> None:
    if watched := watched_now():
        watched.stop()
