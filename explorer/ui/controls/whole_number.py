"""A whole-number control for views, beside the controls of the experiment."""

from __future__ import annotations

import streamlit as st

from explorer.show.words import say


def whole_number(name: str, lower: int, upper: int, default: int) -> int:
    """Draw the control, bound to the link; return its value. A value of another network is clipped to the bounds.

    `name` needs a label and a help in the catalogue, and a reader in `explorer.ui.link.opening.PAGE_READERS`.
    """
    present = st.session_state.get(name, st.query_params.get(name, default))
    st.session_state[name] = min(max(int(present), lower), upper)
    return int(
        st.number_input(
            say("lens_choice", name),
            min_value=lower,
            max_value=upper,
            step=1,
            key=name,
            help=say("lens_choice_help", name),
            bind="query-params",
        )
    )
