"""The buttons start, pause, step, stop and continue."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.questions.training import TrainingPlan
from explorer.show.words import say
from explorer.ui.controls.plan import COMPARED, compared_toggle, plan_settings
from explorer.ui.trainings.session import WATCHED, watched_now
from explorer.ui.trainings.watched import Watched

REFUSED = "why the training was refused"
CHOSEN = "open_iteration"
PRESSED = "when each button was pressed last"
ECHO = 0.2  # seconds; a second press within them is a repeated message
COLOURS = "range of the waterfall so far"


def buttons(experiment: Experiment) -> None:
    """Draw the row of buttons; those without a meaning in the present state are disabled.

    Each keeps its place and width, since a button that moves under the pointer misses its click.
    """
    watched = watched_now()
    state = watched.state if watched else "none"
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("start", _start, experiment, off=False, first=state == "none")
        _button("pause", _pause, off=state != "running", first=state == "running")
        _button("go_on", _go_on, off=state in ("none", "running", "ended"), first=state == "paused")
        _button("step", _step, experiment, off=state in ("running", "ended"))
        _button("stop", _stop, off=state not in ("running", "paused"))
        compared_toggle()


def _button(name: str, act: Callable[..., None], *args: Experiment, off: bool, first: bool = False) -> None:
    st.button(
        say("training", name),
        key=f"train_{name}",
        on_click=_act_once,
        args=(name, act, *args),
        disabled=off,
        type="primary" if first else "secondary",
        help=say("training", f"{name}_help"),
    )


def _act_once(name: str, act: Callable[..., None], *args: Experiment) -> None:
    """Act once per press: a running fragment's message from the browser may carry the last click a second time."""
    times, now = st.session_state.setdefault(PRESSED, {}), time.monotonic()
    echo = now - times.get(name, -ECHO) < ECHO
    times[name] = now
    if not echo:
        act(*args)
        st.rerun()  # the whole page: only then does the browser drop the timers of its fragments


def _start(experiment: Experiment) -> None:
    state = st.session_state
    state[REFUSED] = []
    try:
        watched = Watched(experiment, TrainingPlan.of(plan_settings()), bool(state[COMPARED]))
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
