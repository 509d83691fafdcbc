"""A notice above the picture: about the trained network it shows, or about a preset with a training."""

from __future__ import annotations

import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.show.plots.training_lanes import looks
from explorer.show.presets import all_presets
from explorer.show.words import choice_label, say
from explorer.ui.controls.plan import COMPARED
from explorer.ui.link.settings import VIEW, settings, take_plan
from explorer.ui.link.training import Trained
from explorer.ui.trainings.session import leave_trained, trained_now, watched_now
from explorer.ui.trainings.watched import lanes_of


def training_notice(trace: Trace) -> None:
    """Draw which trained network is shown; or a button to the training page if the preset has a training plan."""
    trained = trained_now()
    if trained is not None and trace.supplied:
        _trained_notice(trained)
    elif any(preset.training and preset.experiment == trace.experiment for preset in all_presets().values()):
        with st.container(horizontal=True, vertical_alignment="center", border=True, key="training_offer"):
            st.markdown(say("training", "preset_trains"), width="stretch")
            st.button(say("training", "back_to_training"), key="to_training", on_click=_to_training, type="primary")


def _trained_notice(trained: Trained) -> None:
    lanes = lanes_of(Experiment.of(settings()), trained.compared)
    label = looks(lanes)[trained.lane].label
    lane = say("training", "opened_lane", lane=label) if label else ""
    plan = trained.plan
    numbers = {"iteration": f"{trained.iteration:,}", "steps": f"{plan.steps:,}", "lane": lane}
    by = {"optimiser": choice_label(plan.optimiser), "rate": f"{plan.learning_rate:.10g}"}
    with st.container(border=True, key="trained_notice"):
        text, buttons = st.columns([7, 4], vertical_alignment="center")
        text.markdown(f"{say('training', 'opened', **numbers)} {say('training', 'opened_plan', **by)}")
        with buttons.container(horizontal=True, horizontal_alignment="right"):
            st.button(say("training", "back"), key="leave_trained", on_click=_leave)
            st.button(say("training", "back_to_training"), key="to_training", on_click=_to_training)


def _leave() -> None:
    leave_trained()
    st.rerun()


def _to_training() -> None:
    """Open the training page; the trained network stays. Without a training of the session, set the plan's controls."""
    trained = trained_now()
    if trained is not None and watched_now() is None:
        take_plan(trained.plan)
        st.session_state[COMPARED] = trained.compared
    st.session_state[VIEW] = "training"
    st.rerun()
