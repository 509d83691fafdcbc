"""The controls of a lens, made from its table of choices and their range for the present trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.engine.parameters import Parameter, table
from explorer.engine.trace import Trace
from explorer.show.lenses.contract import Choices, Lens, Span
from explorer.show.words import choice_label, say
from explorer.ui.controls.whole_number import whole_number
from explorer.ui.state.page import default_to, held

SLIDER = 420  # pixels


def chosen(lens: Lens, trace: Trace) -> Choices:
    """Draw the lens's controls side by side; return their values."""
    spans = lens.choices.spans(trace)
    offered = [name for name in lens.chosen_on_page() if _is_a_choice(spans.get(name))]
    _choose_what_fits(lens, trace, offered)
    values = dict(lens.on_page)
    for name, place in zip(offered, st.columns((*[1] * len(offered), 2)) if offered else (), strict=False):
        with place:
            values[name] = _control(table(lens.choices)[name], spans.get(name))
    return lens.choices.of(values).settled(trace)


def _is_a_choice(span: Span | None) -> bool:
    return span is None or span.lower is not None or len(span.options) > 1


def _choose_what_fits(lens: Lens, trace: Trace, offered: Sequence[str]) -> None:
    """Replace a chosen name that this network does not have by the default one."""
    for name, span in lens.choices.spans(trace).items():
        if name in offered and span.options and st.session_state[name] not in span.options:
            st.session_state[name] = span.default


def _control(row: Parameter, span: Span | None) -> Any:
    """Draw one choice, held by the state; return its value."""
    common: dict[str, Any] = {"help": say("lens_choice_help", row.name), **held(row.name)}
    label = say("lens_choice", row.name)
    if span is not None and span.options:
        default_to(row.name, span.default)
        return st.selectbox(label, span.options, index=span.options.index(span.default), **common)
    if row.kind == "choice":
        first = row.choices[0]
        default_to(row.name, first)
        return st.segmented_control(
            label, row.choices, default=first, format_func=choice_label, required=True, **common
        )
    if row.reach is not None:
        low, high, step = (int(end) for end in row.reach)
        default_to(row.name, row.default)
        format_ = say("lens_choice_format", row.name)
        return int(st.slider(label, low, high, row.default, step, format=format_, width=SLIDER, **common))
    assert span is not None and span.lower is not None and span.upper is not None
    return whole_number(row.name, span.lower, span.upper, span.default)
