"""Training, watched: the plan, the buttons, figures that grow, clipping on trial, and a way into any iteration.

The training is the session's own. It goes on only while this view is drawn: the fragment below trains a slice, draws,
and is asked for again by the browser; a closed tab asks for nothing. There is no thread behind it.
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
from explorer.ui.trainings.session import watched_now
from explorer.ui.trainings.watched import Watched
from explorer.ui.views.training.below import below
from explorer.ui.views.training.board import board, setup, status
from explorer.ui.views.training.buttons import CHOSEN, COLOURS, REFUSED, buttons
from explorer.ui.work.failures import errors_in_words

ASKED_AGAIN = 0.08  # seconds: while a slice is worked on, the next is asked for already
BELOW_AGAIN = 1.5
CSS = """
<style>
.verdict progress { width: 100%; height: 0.45rem; accent-color: var(--st-primary-color); }
.answers { display: block; overflow-x: auto; }
.answers td { padding: 0.1rem 0.8rem 0.1rem 0; font-variant-numeric: tabular-nums; font-family: monospace; }
.answers th { text-align: left; padding-right: 1rem; font-weight: 400; opacity: 0.85; }
</style>
"""


def before_picture() -> None:
    st.html(CSS)
    deck_code(setup())


def picture(trace: Trace) -> None:
    """Controls of the plan, the buttons, and what is being trained or was."""
    experiment = trace.experiment  # the controls' own, or the last that could be run
    plan_row()
    buttons(experiment)
    watched = watched_now()
    with st.container():  # whatever it says, what comes below keeps its place, and with it its fragments their names
        _said(watched, experiment)
    if watched is None:
        return
    _fragment(_live, ASKED_AGAIN, watched.running)
    _colours()
    _fragment(_below, BELOW_AGAIN, watched.running)


def _said(watched: Watched | None, experiment: Experiment) -> None:
    refused = st.session_state.get(REFUSED)
    if refused:
        st.warning("\n".join([say("training", "cannot"), *(f"- {plain(sentence)}" for sentence in refused)]))
    if watched is None:
        _told(experiment, TrainingPlan.of(plan_settings()))
        _ready(experiment)
    else:
        _told(watched.experiment, watched.asked)
        _differs(watched, experiment)


def after_picture() -> None:
    st.html(f'<p class="source failed" role="alert">{escape(say("page", "failed"))}</p>')


def _fragment(draw: Callable[[], None], every: float, running: bool) -> None:
    st.fragment(draw, key=f"training {draw.__name__}", run_every=every if running else None)()


@errors_in_words
def _live() -> None:
    """A slice of the training, and all figures."""
    watched = watched_now()
    if watched is None:
        return
    went_on = watched.running
    watched.advance()
    history = watched.history()
    st.html(f'<section class="source verdict">{status(watched, history)}</section>')
    deck(board(watched, history, _decades(history)), _on_act)
    if went_on and not watched.running:
        st.rerun()  # the buttons follow, and nobody asks again


@errors_in_words
def _below() -> None:
    watched = watched_now()
    if watched is not None:
        below(watched)


def _told(experiment: Experiment, plan: TrainingPlan) -> None:
    """What to look at, where a preset says it."""
    for preset in all_presets().values():
        if (preset.experiment, preset.training) == (experiment, plan):
            st.markdown(f"**{preset.title}.** {preset.look}")


def _ready(experiment: Experiment) -> None:
    """Before the first training: what Start would do."""
    plan = TrainingPlan.of(plan_settings())
    numbers = {"seq_len": experiment.seq_len, "steps": f"{plan.steps:,}", "batch": experiment.batch_size}
    task = value_text("task", experiment.task)
    st.markdown(f"**{say('training', 'ready', cell=cell_label(experiment.cell), task=task, **numbers)}**")
    st.markdown(say("training", "ready_more"))


def _differs(watched: Watched, experiment: Experiment) -> None:
    """Which controls say something else than the training that is shown."""
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
    """The ends of the waterfall's colours."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for name in (COLDEST, HOTTEST):
            st.caption(say("training", f"{name}_before"), width="content")
            st.number_input(
                say("training", name),
                min_value=-FAR,
                max_value=FAR,
                value=None,
                step=1,
                key=name,
                placeholder=say("training", "own_range"),
                label_visibility="collapsed",
                help=say("training", "range_help"),
                bind="query-params",
                width=160,
            )


def _decades(history: History) -> tuple[float, float]:
    """What was asked for; else the record's own range, which only ever widens while a training runs."""
    low, high = waterfall_range(history)
    before = st.session_state.get(COLOURS, (low, high)) if history.iterations else (low, high)
    own = (min(low, before[0]), max(high, before[1]))
    if history.iterations:
        st.session_state[COLOURS] = own
    coldest, hottest = st.session_state.get(COLDEST), st.session_state.get(HOTTEST)
    lower = own[0] if coldest is None else float(coldest)
    upper = own[1] if hottest is None else float(hottest)
    return (lower, upper) if lower < upper else (min(lower, upper - 1.0), upper)


def _on_act() -> None:
    """An iteration that was chosen in the figures."""
    act = acted()
    step, watched = act.get("step"), watched_now()
    if act.get("do") == "choose" and isinstance(step, int) and watched is not None:
        watched.chosen = min(max(1, step), watched.iteration)
        st.session_state[CHOSEN] = None
        st.rerun()
