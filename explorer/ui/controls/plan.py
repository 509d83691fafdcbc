"""The controls of the training plan, in a row above the figures."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.engine.parameters import table
from explorer.questions.training import TrainingPlan
from explorer.show.words import say
from explorer.ui.controls.controls import control_of
from explorer.ui.state.page import held

COMPARED = "twins"


def plan_row() -> None:
    """Draw a control for every parameter of the plan that has an effect."""
    rows = table(TrainingPlan)
    idle = TrainingPlan(optimiser=st.session_state["optimiser"]).without_effect
    names = [name for name in rows if name not in idle]
    for place, name in zip(st.columns(len(names), vertical_alignment="bottom"), names, strict=True):
        with place:
            control_of(rows[name])


def compared_toggle() -> None:
    """Draw the switch for a twin without clipping."""
    help_ = say("training", "twins_help")
    st.toggle(say("training", "twins"), help=help_, width="content", **held(COMPARED))


def plan_settings() -> dict[str, Any]:
    """The values of the plan's controls, by name."""
    return {name: st.session_state[name] for name in table(TrainingPlan)}
