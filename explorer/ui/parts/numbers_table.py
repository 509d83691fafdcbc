"""The figures' numbers as a Streamlit table, which also works where the deck cannot draw."""

from __future__ import annotations

import streamlit as st

from explorer.engine.trace import Trace
from explorer.show.words import say
from explorer.show.words.labels import gate_label
from explorer.ui.link.settings import NUMBERS


def numbers_table(trace: Trace | None) -> None:
    """Draw the table of the shown run in an expander; it is built only when opened."""
    with st.expander(say("page", "numbers"), key=NUMBERS, on_change="rerun") as place:
        if place.open and trace is not None:
            st.dataframe(columns_of(trace), hide_index=True)
        elif place.open:
            st.caption(say("page", "nothing_run"))


def columns_of(trace: Trace) -> dict[str, list[float | int]]:
    """Heading → T values: log10 norms of the top layer's state gradients, and each gate's mean over batch and units."""
    columns: dict[str, list[float | int]] = {say("axis", "step"): list(range(1, trace.experiment.seq_len + 1))}
    for name, norms in trace.log10_state_grad_norm.items():
        columns[say("page", "log10_norm", state=name)] = norms[-1, 1:].tolist()
    for name, gate in trace.gates.items():
        columns[say("page", "mean_gate", gate=gate_label(name))] = gate[-1].mean(axis=(1, 2)).tolist()
    return columns
