"""The values of the controls, and functions that set them from presets, links, pins and scenes."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, table
from explorer.questions.training import TrainingPlan
from explorer.ui.link.opening import NOTES, allowing
from explorer.ui.link.training import TRAINED
from explorer.ui.state.fields import UNSET

COMPARE = "compare"
VIEW = "view"
NUMBERS = "numbers"  # the table below the picture
PROVED = "proved"  # the experiment of the proof below the picture
PICTURE = "picture"  # the fragment of the page that follows from the controls


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
    st.session_state[name] = as_option(row, getattr(Experiment.of({name: value, **allowing(name)}), name))


def forget_notes() -> None:
    """Drop the notes about the link, and the trained network: the first change of a control makes both outdated."""
    st.session_state[NOTES] = []
    st.session_state[TRAINED] = ""


def as_option(row: Parameter, value: Any) -> Any:
    """The value as its control holds it: `UNSET` for None."""
    return UNSET if row.optional and value is None else value


def _from_option(option: Any) -> Any:
    return None if option == UNSET else option
