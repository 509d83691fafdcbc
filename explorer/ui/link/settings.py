"""What the controls say, and how they are set from elsewhere: by presets, links, pins and scenes."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, table
from explorer.questions.training import TrainingPlan
from explorer.ui.link.opening import NOTES, allowing, spelled
from explorer.ui.link.training import TRAINED

COMPARE = "compare"
VIEW = "view"
NUMBERS = "numbers"  # the table below the picture
PROVED = "proved"  # the experiment that the proof below the picture is about
PICTURE = "picture"  # the part of the page that follows from the controls
UNSET = "unset"


def settings() -> dict[str, Any]:
    """What the controls say of all parameters that have an effect."""
    without = idle()
    return {name: _from_option(st.session_state[name]) for name in table(Experiment) if name not in without}


def idle() -> frozenset[str]:
    """Which parameters have no effect under the present choices."""
    choices = {row.name: st.session_state[row.name] for row in table(Experiment).values() if row.kind == "choice"}
    return _idle_under(tuple(choices.items()))


@cache
def _idle_under(choices: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return Experiment.of(dict(choices)).without_effect


def keep_unseen(names: Collection[str]) -> None:
    """Controls that are not drawn keep their values; Streamlit would forget what nobody sees."""
    state = st.session_state
    for name in names:
        row = table(Experiment)[name]
        state[name] = state.get(name, as_option(row, row.default))


def keep_link_of_unseen(names: Collection[str]) -> None:
    """Read from the link when a session starts, and from then on written into it: what a drawn control does itself."""
    first = "unseen are read" not in st.session_state
    st.session_state["unseen are read"] = True
    for name in names:
        row = table(Experiment)[name]
        if first and name in st.query_params:
            set_control(name, st.query_params[name])
        value = st.session_state[name]
        if value == as_option(row, row.default):
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != spelled(row, value):
            st.query_params[name] = spelled(row, value)


def value_of_link(row: Parameter) -> Any:
    """What the link says, or the default.

    Where the server was started anew, an open page tells it what its controls show, and a default set here would win.
    """
    try:
        set_control(row.name, st.query_params.get(row.name, row.default))
    except ExplorerError:
        return as_option(row, row.default)
    return st.session_state[row.name]


def take(experiment: Experiment) -> None:
    """Set every control to an experiment's value; only in a callback, before the controls are drawn."""
    for name, row in table(Experiment).items():
        st.session_state[name] = as_option(row, getattr(experiment, name))
    forget_notes()


def take_plan(plan: TrainingPlan) -> None:
    """Set every control of the plan; only in a callback."""
    for name in table(TrainingPlan):
        st.session_state[name] = getattr(plan, name)


def set_control(name: str, value: object) -> None:
    """Set one control; only in a callback.

    Raises:
        ExplorerError: the value breaks the parameter's own rule.
    """
    row = table(Experiment)[name]
    named = value.replace(" ", "_") if row.kind == "choice" and isinstance(value, str) else value  # as a link spells it
    st.session_state[name] = as_option(row, getattr(Experiment.of({name: named, **allowing(name)}), name))


def forget_notes() -> None:
    """The first change of a control ends what there was to say about the link, and what it says of a training."""
    st.session_state[NOTES] = []
    st.session_state[TRAINED] = ""


def as_option(row: Parameter, value: Any) -> Any:
    return UNSET if row.optional and value is None else value


def _from_option(option: Any) -> Any:
    return None if option == UNSET else option
