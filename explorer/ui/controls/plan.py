"""The controls of the training plan, in a row above the figures; they are bound to the link like all others."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.engine.parameters import table
from explorer.questions.training import TrainingPlan
from explorer.show.words import say
from explorer.ui.controls.controls import control_of

COMPARED = "twins"


def plan_row() -> None:
    """Draw a control for every parameter of the plan that has an effect."""
    rows = table(TrainingPlan)
    keep_plan()
    idle = TrainingPlan(optimiser=st.session_state["optimiser"]).without_effect
    names = [name for name in rows if name not in idle]
    for place, name in zip(st.columns(len(names), vertical_alignment="bottom"), names, strict=True):
        with place:
            control_of(rows[name])


def compared_toggle() -> None:
    """Draw the switch for a twin without clipping."""
    help_ = say("training", "twins_help")
    st.toggle(say("training", "twins"), key=COMPARED, help=help_, bind="query-params", width="content")


def keep_plan() -> None:
    """Give every control of the plan a value before any is drawn: the session's, else the link's, else the default."""
    for name, row in table(TrainingPlan).items():
        if name not in st.session_state:
            linked = {name: st.query_params.get(name, row.default)}
            st.session_state[name] = getattr(TrainingPlan.of(linked), name)


def plan_settings() -> dict[str, Any]:
    """The values of the plan's controls, by name."""
    return {name: st.session_state[name] for name in table(TrainingPlan)}
