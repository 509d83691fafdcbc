"""The link: read once when a session starts, and cleaned of what cannot be taken, which is said.

From then on the controls are bound to it and keep it up to date themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import streamlit as st

from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.parameters import Parameter, table
from explorer.words import choice_label

PAGE_KEYS = ("compare",)
NOTES = "link_notes"


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


def clean(link: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of a link can be taken, in the controls' spelling, and a sentence for each value that cannot.

    Args:
        link: parameter → text, as it stands in the address.
    """
    rows, cleaned, notes = table(Experiment), {}, []
    for name, text in link.items():
        if name in PAGE_KEYS:
            cleaned[name] = text
        elif name not in rows:
            near = difflib.get_close_matches(name, rows, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else ""
            notes.append(ExplorerError(name, "is not a parameter of an experiment", text, hint).sentence)
        else:
            taken, sentence = _read(rows[name], text)
            if taken is not None:
                cleaned[name] = taken
            notes += [sentence] if sentence else []
    return cleaned, notes


def _read(row: Parameter, text: str) -> tuple[str | None, str]:
    value = text.replace(" ", "_") if row.kind == "choice" else text
    try:
        taken = getattr(Experiment(**{row.name: value, **_allowing(row.name)}), row.name)
    except ExplorerError as error:
        return None, error.errors[0].sentence
    return spelled(row, taken), ""


def _allowing(name: str) -> dict[str, str]:
    """A setting under which the parameter's own rule is the only one in force."""
    return {"task": "noise"} if name == "input_size" else {}


def spelled(row: Parameter, value: object) -> str:
    """A value as the controls write it into the link."""
    if row.kind == "choice":
        return choice_label(value)
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
