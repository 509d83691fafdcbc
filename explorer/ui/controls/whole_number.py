"""A number control that a view has beside those of the experiment."""

from __future__ import annotations

import streamlit as st

from explorer.show.words import say


def whole_number(name: str, lower: int, upper: int, default: int) -> int:
    """Bound to the link; a value from another network is brought within the bounds.

    Needs a label and a help under `name`, and a reader of the link's value in `explorer.ui.link.opening.PAGE_READERS`.
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
