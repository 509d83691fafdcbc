"""The plan's controls, in a row above the figures; in the link like all others."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.engine.parameters import table
from explorer.questions.training import TrainingPlan
from explorer.show.words import say
from explorer.ui.controls.controls import control_of

COMPARED = "twins"


def plan_row() -> None:
    """Every parameter of the plan that has an effect."""
    rows = table(TrainingPlan)
    keep_plan()
    idle = TrainingPlan(optimiser=st.session_state["optimiser"]).without_effect
    shown = [name for name in rows if name not in idle]
    for place, name in zip(st.columns(len(shown), vertical_alignment="bottom"), shown, strict=True):
        with place:
            control_of(rows[name])


def compared_toggle() -> None:
    help_ = say("training", "twins_help")
    st.toggle(say("training", "twins"), key=COMPARED, help=help_, bind="query-params", width="content")


def keep_plan() -> None:
    """A control that is not drawn keeps its value; which are drawn, a choice says, on a first run the link's."""
    for name, row in table(TrainingPlan).items():
        if name not in st.session_state:
            linked = {name: st.query_params.get(name, row.default)}
            st.session_state[name] = getattr(TrainingPlan.of(linked), name)


def plan_settings() -> dict[str, Any]:
    """What the controls say."""
    return {name: st.session_state[name] for name in table(TrainingPlan)}
