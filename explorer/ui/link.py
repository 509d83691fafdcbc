"""The link: read once when a session starts, and cleaned of what cannot be taken, which is said.

From then on the controls are bound to it and keep it up to date themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.lenses.eigenvalues import matrix_names
from explorer.lenses.precision import LARGEST_SCALE
from explorer.parameters import Parameter, table
from explorer.presets import all_stories
from explorer.scenes import MOST_SCENES
from explorer.textbook import NAMES
from explorer.textbook.derivation import MOST_STEPS, MOST_UNITS
from explorer.textbook.m07_memory_of_order_n import ORDERS
from explorer.ui.cliff_link import CLIFF_READERS
from explorer.ui.lenses import LENSES
from explorer.ui.lenses.truncation import CUTS
from explorer.ui.pins import read as read_pins
from explorer.ui.pins import spelled as spelled_pins
from explorer.ui.seeds import SEEDS, SEEDS_CHOICES
from explorer.ui.training.link import READERS as TRAINING_READERS
from explorer.words import choice_label

NOTES = "link_notes"
HIDEABLE = ("view", "story", "preset", "compare", "draw_again", "more")
LONGEST = int(table(Experiment)["seq_len"].upper or 0)  # steps that there can be
VIEW_NAMES = ("explorer", "lenses", "textbook", "cliff", "training", "about")


def open_link() -> None:
    """On a session's first run, bring the link into the controls' spelling and note what was not taken."""
    if NOTES in st.session_state:
        return
    link = st.query_params.to_dict()
    cleaned, notes = clean(link)
    st.session_state[NOTES] = notes
    if cleaned != link:
        st.query_params.from_dict(cleaned)
        st.rerun()


def hidden_controls() -> frozenset[str]:
    """The controls that the link asks not to show."""
    return frozenset(st.query_params.get("hide", "").split(",")) - {""}


def clean(link: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of a link can be taken, in the controls' spelling, and a sentence for each value that cannot.

    Args:
        link: parameter → text, as it stands in the address.
    """
    cleaned, notes = {}, []
    for name, text in link.items():
        taken, sentences = _reader_of(name)(text)
        if taken is not None:
            cleaned[name] = taken
        notes += sentences
    return cleaned, notes


Taken = tuple[str | None, list[str]]
"""What is kept of a value (None: nothing), and what is to be said about it."""


def _reader_of(name: str) -> Callable[[str], Taken]:
    rows = table(Experiment)
    if name in rows:
        return partial(_parameter, rows[name])
    return PAGE_READERS.get(name, partial(_unknown, name))


def _parameter(row: Parameter, text: str) -> Taken:
    value = text.replace(" ", "_") if row.kind == "choice" else text
    try:
        taken = getattr(Experiment(**{row.name: value, **allowing(row.name)}), row.name)
    except ExplorerError as error:
        return None, [error.errors[0].sentence]
    return spelled(row, taken), []


def _unknown(name: str, text: str) -> Taken:
    near = difflib.get_close_matches(name, [*table(Experiment), *PAGE_READERS], n=1)
    hint = f"Did you mean `{near[0]}`?" if near else ""
    return None, [ExplorerError(name, "is not a parameter of an experiment", text, hint).sentence]


def _as_it_is(text: str) -> Taken:
    return text, []


def _one_of(name: str, choices: Sequence[str]) -> Callable[[str], Taken]:
    """A reader of a page's own choice."""

    def read(text: str) -> Taken:
        if text in choices:
            return text, []
        rule = "must be one of " + ", ".join(choices)
        return None, [ExplorerError(name, rule, text, f"Try {choices[0]}.").sentence]

    return read


def _whole(name: str, lower: int, upper: int, hint: int) -> Callable[[str], Taken]:
    """A reader of a page's own whole number."""

    def read(text: str) -> Taken:
        if text.isascii() and text.isdecimal() and len(text) < 12 and lower <= int(text) <= upper:
            return str(int(text)), []
        rule = f"must be a whole number between {lower} and {upper}"
        return None, [ExplorerError(name, rule, text, f"Try {hint}.").sentence]

    return read


def _pins(text: str) -> Taken:
    pins, sentences = read_pins(text)
    return spelled_pins(pins) or None, sentences


def _dragged(text: str) -> Taken:
    numbers = [row.name for row in table(Experiment).values() if row.kind in ("integer", "number")]
    if text in numbers:
        return text, []
    rule = "must be a parameter that is a number: " + ", ".join(numbers)
    return None, [ExplorerError("drag", rule, text, "Try gain.").sentence]


def _slow_unit(text: str) -> Taken:
    row = table(Experiment)["hidden_size"]
    try:
        return str(Experiment(hidden_size=text).hidden_size), []
    except ExplorerError:
        return None, [
            ExplorerError("slow", f"must be a unit between {row.lower} and {row.upper}", text, "Try 1.").sentence
        ]


def _formula(text: str) -> Taken:
    """By its name in the menu, or by its code alone, as links had it first."""
    return _one_of("formula", tuple(NAMES.values()))(NAMES.get(text, text))


def _hidden(text: str) -> Taken:
    """Names of controls, separated by commas."""
    names = [name for name in dict.fromkeys(text.replace(" ", "").split(",")) if name]
    known = [*table(Experiment), *HIDEABLE]
    unknown = [name for name in names if name not in known]
    rule = "must be names of controls: " + ", ".join(known)
    notes = [ExplorerError("hide", rule, name, "Try hide=more,preset.").sentence for name in unknown]
    return ",".join(name for name in names if name in known) or None, notes


PAGE_READERS: dict[str, Callable[[str], Taken]] = {
    "story": _one_of("story", tuple(all_stories())),
    "scene": _whole("scene", 1, MOST_SCENES, 1),
    "hide": _hidden,
    "compare": _as_it_is,
    "view": _one_of("view", VIEW_NAMES),
    **TRAINING_READERS,
    "formula": _formula,
    "lags": _one_of("lags", tuple(ORDERS)),
    "derived_step": _whole("derived_step", 1, MOST_STEPS, 2),
    "row": _whole("row", 1, MOST_UNITS, 1),
    "column": _whole("column", 1, MOST_UNITS, 1),
    "lens": _one_of("lens", tuple(LENSES)),
    "loss_scale": _whole("loss_scale", 0, LARGEST_SCALE, 16),
    "loss_step": _whole("loss_step", 1, LONGEST, 100),
    "reached_step": _whole("reached_step", 1, LONGEST, 50),
    "window": _whole("window", 1, LONGEST, 20),
    "cut": _one_of("cut", CUTS),
    "matrix": _one_of("matrix", matrix_names()),
    "jacobian_step": _whole("jacobian_step", 1, LONGEST, 50),
    "slow": _slow_unit,
    SEEDS: _one_of(SEEDS, SEEDS_CHOICES),
    "pins": _pins,
    "drag": _dragged,
    **CLIFF_READERS,
}


def allowing(name: str) -> dict[str, str]:
    """A setting under which the parameter's own rule is the only one in force."""
    return {"task": "noise"} if name == "input_size" else {}


def spelled(row: Parameter, value: object) -> str:
    """A value as the controls write it into the link."""
    if row.kind == "choice":
        return choice_label(value)
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
