"""The values of the controls, and functions that set them from presets, links, pins and scenes."""

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
PROVED = "proved"  # the experiment of the proof below the picture
PICTURE = "picture"  # the fragment of the page that follows from the controls
UNSET = "unset"


def settings() -> dict[str, Any]:
    """The values of the controls, for all parameters that have an effect."""
    idle_names = idle()
    return {name: _from_option(st.session_state[name]) for name in table(Experiment) if name not in idle_names}


def idle() -> frozenset[str]:
    """Names of the parameters that have no effect under the present choices."""
    choices = {row.name: st.session_state[row.name] for row in table(Experiment).values() if row.kind == "choice"}
    return _idle_under(tuple(choices.items()))


@cache
def _idle_under(choices: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return Experiment.of(dict(choices)).without_effect


def keep_unseen(names: Collection[str]) -> None:
    """Keep the values of controls that are not drawn; Streamlit would drop them."""
    state = st.session_state
    for name in names:
        row = table(Experiment)[name]
        state[name] = state.get(name, as_option(row, row.default))


def keep_link_of_unseen(names: Collection[str]) -> None:
    """Bind controls that are not drawn to the link: read it when a session starts, and write changes into it."""
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
    """The link's value, or the default.

    After a restart of the server an open page sends its controls' values; a default set here would overwrite them.
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
    """Set one control to a value, which may be spelled as in a link; only in a callback.

    Raises:
        ExplorerError: the value breaks the parameter's own rule.
    """
    row = table(Experiment)[name]
    named = value.replace(" ", "_") if row.kind == "choice" and isinstance(value, str) else value  # as a link spells it
    st.session_state[name] = as_option(row, getattr(Experiment.of({name: named, **allowing(name)}), name))


def forget_notes() -> None:
    """Drop the notes about the link, and the trained network: the first change of a control makes both outdated."""
    st.session_state[NOTES] = []
    st.session_state[TRAINED] = ""


def as_option(row: Parameter, value: Any) -> Any:
    """The value as its control holds it: `UNSET` for None."""
    return UNSET if row.optional and value is None else value


def _from_option(option: Any) -> Any:
    return None if option == UNSET else option
