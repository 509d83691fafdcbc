"""A whole-number control for views, beside the controls of the experiment."""

from __future__ import annotations

import streamlit as st

from explorer.show.words import say
from explorer.ui.state.page import held


def whole_number(name: str, lower: int, upper: int, default: int) -> int:
    """Draw the control; return its value. A value of another network is clipped to the bounds.

    `name` needs a label and a help in the catalogue, and a reader in `explorer.ui.link.opening.PAGE_READERS`.
    """
    present = st.session_state[name]
    fitting = min(max(int(default if present is None else present), lower), upper)
    if present != fitting:
        st.session_state[name] = fitting
    return int(
        st.number_input(
            say("lens_choice", name),
            min_value=lower,
            max_value=upper,
            step=1,
            help=say("lens_choice_help", name),
            **held(name),
        )
    )
