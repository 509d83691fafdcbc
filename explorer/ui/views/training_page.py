"""The view "training": the plan, the buttons, growing figures, clipping on trial, and a way into any iteration.

The training belongs to the session and runs only while this view is drawn: a fragment trains a slice and draws, and the
browser requests it again; a closed tab requests nothing. There is no background thread.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.training import History, TrainingPlan
from explorer.show.plots.training import waterfall_range
from explorer.show.presets import all_presets
from explorer.show.words import say
from explorer.show.words.differences import value_text
from explorer.show.words.labels import cell_label
from explorer.ui.controls.plan import COMPARED, plan_row, plan_settings
from explorer.ui.deck import acted, deck, deck_code
from explorer.ui.link.training import COLDEST, FAR, HOTTEST
from explorer.ui.parts.plain import plain
from explorer.ui.state.page import held, kept
from explorer.ui.trainings.session import watched_now
from explorer.ui.trainings.watched import Watched
from explorer.ui.views.training.below import below
from explorer.ui.views.training.board import board, setup, status
from explorer.ui.views.training.buttons import CHOSEN, COLOURS, REFUSED, buttons
from explorer.ui.work.failures import errors_in_words

ASKED_AGAIN = 0.08  # seconds between two requests: the next one arrives while a slice is trained
BELOW_AGAIN = 1.5  # seconds between two drawings of what is below the figures
CSS = """
<style>
.verdict progress { width: 100%; height: 0.45rem; accent-color: var(--st-primary-color); }
.answers { display: block; overflow-x: auto; }
.answers td { padding: 0.1rem 0.8rem 0.1rem 0; font-variant-numeric: tabular-nums; font-family: monospace; }
.answers th { text-align: left; padding-right: 1rem; font-weight: 400; opacity: 0.85; }
</style>
"""


def before_picture() -> None:
    """Send the view's CSS and the deck's script."""
    st.html(CSS)
    deck_code(setup())


def picture(trace: Trace) -> None:
    """Draw the plan's controls, the buttons, and the session's training."""
    experiment = trace.experiment  # that of the controls, or the last one that could be run
    plan_row()
    buttons(experiment)
    watched = watched_now()
    with st.container():  # a container keeps the places, and so the names, of the fragments below
        _messages(watched, experiment)
    if watched is None:
        return
    _fragment(_live, ASKED_AGAIN, watched.running)
    _colours()
    _fragment(_below, BELOW_AGAIN, watched.running)


def _messages(watched: Watched | None, experiment: Experiment) -> None:
    refused = st.session_state.get(REFUSED)
    if refused:
        st.warning("\n".join([say("training", "cannot"), *(f"- {plain(sentence)}" for sentence in refused)]))
    if watched is None:
        _preset_text(experiment, TrainingPlan.of(plan_settings()))
        _ready(experiment)
    else:
        _preset_text(watched.experiment, watched.asked)
        _differences(watched, experiment)


def after_picture() -> None:
    """Draw the message for browsers without the deck."""
    st.html(f'<p class="source failed" role="alert">{escape(say("page", "failed"))}</p>')


def _fragment(draw: Callable[[], None], every: float, running: bool) -> None:
    st.fragment(draw, key=f"training {draw.__name__}", run_every=every if running else None)()


@errors_in_words
@kept
def _live() -> None:
    """Train a slice and draw all figures."""
    watched = watched_now()
    if watched is None:
        return
    was_running = watched.running
    watched.advance()
    history = watched.history()
    st.html(f'<section class="source verdict">{status(watched, history)}</section>')
    deck(board(watched, history, *_colour_range(history)), _on_act)
    if was_running and not watched.running:
        st.rerun()  # updates the buttons, and stops the requests


@errors_in_words
@kept
def _below() -> None:
    watched = watched_now()
    if watched is not None:
        below(watched)


def _preset_text(experiment: Experiment, plan: TrainingPlan) -> None:
    """Show what to look at, if a preset has this experiment and plan."""
    for preset in all_presets().values():
        if (preset.experiment, preset.training) == (experiment, plan):
            st.markdown(f"**{preset.title}.** {preset.look}")


def _ready(experiment: Experiment) -> None:
    """Before the first training: show what Start would do."""
    plan = TrainingPlan.of(plan_settings())
    numbers = {"seq_len": experiment.seq_len, "steps": f"{plan.steps:,}", "batch": experiment.batch_size}
    task = value_text("task", experiment.task)
    st.markdown(f"**{say('training', 'ready', cell=cell_label(experiment.cell), task=task, **numbers)}**")
    st.markdown(say("training", "ready_more"))


def _differences(watched: Watched, experiment: Experiment) -> None:
    """List the controls that differ from the shown training."""
    pairs = [
        (say("label", name), value_text(name, getattr(mine, name)), value_text(name, getattr(now, name)))
        for model, mine, now in (
            (Experiment, watched.experiment, experiment),
            (TrainingPlan, watched.asked, TrainingPlan.of(plan_settings())),
        )
        for name in table(model)
        if getattr(mine, name) != getattr(now, name)
    ]
    names = [
        f"{label} ({say('training', 'differs_known', old=plain(old), new=plain(new))})" for label, old, new in pairs
    ]
    if watched.compared != bool(st.session_state[COMPARED]):
        names.append(say("training", "twins"))
    if names:
        st.info(say("training", "differs", names=", ".join(names)))


def _colours() -> None:
    """Draw the inputs for the ends of the waterfall's colour range."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for name in (COLDEST, HOTTEST):
            st.caption(say("training", f"{name}_before"), width="content")
            st.number_input(
                say("training", name),
                min_value=-FAR,
                max_value=FAR,
                value=None,
                step=1,
                placeholder=say("training", "own_range"),
                label_visibility="collapsed",
                help=say("training", "range_help"),
                width=160,
                **held(name),
            )


def _colour_range(history: History) -> tuple[tuple[float, float], bool]:
    """The colour range and whether an end of it adapts: the user's, else the record's own, which only widens."""
    low, high = waterfall_range(history)
    before = st.session_state.get(COLOURS, (low, high)) if history.iterations else (low, high)
    own = (min(low, before[0]), max(high, before[1]))
    if history.iterations:
        st.session_state[COLOURS] = own
    coldest, hottest = st.session_state.get(COLDEST), st.session_state.get(HOTTEST)
    lower = own[0] if coldest is None else float(coldest)
    upper = own[1] if hottest is None else float(hottest)
    adapting = coldest is None or hottest is None
    return ((lower, upper) if lower < upper else (min(lower, upper - 1.0), upper)), adapting


def _on_act() -> None:
    """Handle the choice of an iteration in the figures."""
    act = acted()
    step, watched = act.get("step"), watched_now()
    if act.get("do") == "choose" and isinstance(step, int) and watched is not None:
        watched.chosen = min(max(1, step), watched.iteration)
        st.session_state[CHOSEN] = None
        st.rerun()
