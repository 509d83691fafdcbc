"""The state on its way: out of the link when a session starts or the browser walks through its history, and into it
once a run, after the picture.

In between the controls hold it, each under its field's name. A control is drawn with ``**held(name)``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.ui.link.opening import NOTES, clean, once
from explorer.ui.state.fields import Values, defaults, fields, read, spelled

BEGUN = "the link was read"
GIVEN = "names that the link said"
BASE = "what the link need not say"


def begin() -> None:
    """Before anything is drawn: take the link's values on a session's first run, and after Back or Forward."""
    state = st.session_state
    if BEGUN not in state or _walked():
        state[BEGUN] = True
        given, repeated = once({name: st.query_params.get_all(name) for name in st.query_params})
        cleaned, notes = clean(given)
        state[NOTES], state[GIVEN], state[BASE] = repeated + notes, frozenset(cleaned), defaults()
        show({**defaults(), **read(cleaned)})
    else:
        for name, field in fields().items():
            state.setdefault(name, field.default)


def _walked() -> bool:
    """Whether the browser's Back or Forward asked for this run."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def held(name: str) -> dict[str, Any]:
    """Arguments of the control that holds a field, also while it is not drawn."""
    return {"key": name, "persist_state": "session"}


def default_to(name: str, value: Any) -> None:
    """Give a field that nobody has set the value that the view or the network decides; before its control is drawn."""
    if st.session_state[name] is None:
        st.session_state[name] = value


def show(values: Values) -> None:
    """Set fields; only in a callback, or before their controls are drawn."""
    for name, value in values.items():
        st.session_state[name] = value


def values() -> dict[str, Any]:
    """The present value of every field."""
    return {name: st.session_state.get(name, field.default) for name, field in fields().items()}


def given() -> frozenset[str]:
    """Names of the fields that the link said when the session began."""
    return frozenset(st.session_state.get(GIVEN, ()))


def need_not_say(base: Values) -> None:
    """From now on the link says only what differs from `base`."""
    st.session_state[BASE] = base


def keep() -> None:
    """Write the link, if it has changed: each time is a step in the browser's history."""
    link = spelled(values(), st.session_state[BASE])
    if link != st.query_params.to_dict():
        st.query_params.from_dict(link)


def kept(draw: Callable[..., None]) -> Callable[..., None]:
    """`draw`, after which the link says what has changed; for fragments, whose runs do not reach the page's end."""

    @wraps(draw)
    def drawn(*arguments: Any) -> None:
        draw(*arguments)
        keep()

    return drawn
