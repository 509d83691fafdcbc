"""One control for each parameter, made from its row of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, table
from explorer.show.words import choice_label, say
from explorer.show.words.differences import value_text
from explorer.ui.link.settings import NUMBERS, PICTURE, PROVED, as_option, forget_notes, idle
from explorer.ui.link.training import TRAINED
from explorer.ui.state.fields import UNSET
from explorer.ui.state.page import held
from explorer.ui.trainings.session import at_work

SEGMENTS = ("cell", "loss_at", "clip")
AT_HAND = {"cell": 3}  # parameter → how many of its choices are segments; the others are in a menu below


def draw_control(name: str) -> None:
    """Draw a parameter's control if the parameter has an effect under the present choices."""
    if name not in idle():
        row = table(Experiment)[name]
        control = CONTROLS[_control_of(row)]
        if row.kind == "choice":
            control(row)
        else:
            # In a fragment, `_redraw_picture` interrupts a run of this control. If it interrupted a run of the page,
            # the browser would mark every element as out of date and then as fresh again.
            st.fragment(control, key=f"control of {name}")(row)


def control_of(row: Parameter) -> Any:
    """Draw the control of a parameter of any table; return its value."""
    return CONTROLS[_control_of(row)](row)


def _control_of(row: Parameter) -> str:
    if row.kind == "choice":
        return "segments" if row.name in SEGMENTS else "menu"
    if row.kind == "text":
        return "text"
    if row.reach is None and not row.stops:
        return "whole"
    return "stops" if row.stops else "slider"


def _changed(row: Parameter) -> Callable[[], None]:
    """The callback: a choice may add or remove controls, a number or a text changes the picture alone."""
    return forget_notes if row.kind == "choice" else _redraw_picture


def _redraw_picture() -> None:
    """Redraw the picture; the whole page where a table, a proof or a trained network's notice has to follow."""
    was_trained = bool(st.session_state.get(TRAINED))
    forget_notes()
    needs_whole_page = was_trained or st.session_state.get(NUMBERS) or st.session_state.get(PROVED)
    st.rerun("app" if needs_whole_page else PICTURE)


def _common(row: Parameter) -> dict[str, Any]:
    words = {"label": say("label", row.name), "help": say("help", row.name)}
    return {**words, "on_change": _changed(row), **held(row.name)}


def _segments(row: Parameter) -> Any:
    count = AT_HAND.get(row.name, len(row.choices))
    at_hand, others = row.choices[:count], row.choices[count:]
    present = st.session_state[row.name]
    chosen = st.segmented_control(
        **_common(row),
        options=[*at_hand, *(choice for choice in others if choice == present)],
        default=row.default,
        format_func=lambda choice: value_text(row.name, choice),
        required=True,
    )
    if others:
        _menu_of_others(row, others)
    return chosen


def _menu_of_others(row: Parameter, others: Sequence[Any]) -> None:
    """A menu of the choices that are no segments. The chosen one becomes a segment, which puts it into the link."""
    key = f"more_{row.name}"
    st.session_state[key] = None
    st.selectbox(
        say("page", key),
        others,
        format_func=lambda choice: value_text(row.name, choice),
        key=key,
        placeholder=say("page", key),
        label_visibility="collapsed",
        on_change=_take_other,
        args=(row.name,),
        disabled=at_work(),
    )


def _take_other(name: str) -> None:
    chosen = st.session_state[f"more_{name}"]
    if chosen is not None:
        st.session_state[name] = chosen
        forget_notes()


def _menu(row: Parameter) -> Any:
    index = row.choices.index(row.default)
    return st.selectbox(**_common(row), options=row.choices, index=index, format_func=choice_label)


def _stops(row: Parameter) -> Any:
    options = _stops_with_present(row)
    default = as_option(row, row.default)
    return st.select_slider(**_common(row), options=options, value=default, format_func=_stop_label)


def _slider(row: Parameter) -> Any:
    assert row.reach is not None and row.upper is not None
    low, high, step = row.reach
    present = max(_present_numbers(row), default=low)
    kind = int if row.kind == "integer" else float
    high = kind(high if present <= high else row.upper)
    return st.slider(
        **_common(row),
        min_value=kind(low),
        max_value=high,
        value=kind(row.default),
        step=kind(step),
    )


def _text(row: Parameter) -> Any:
    return st.text_area(**_common(row), value="", max_chars=row.max_length, height=90)


def _whole(row: Parameter) -> Any:
    assert row.lower is not None and row.upper is not None
    low, high = int(row.lower), int(row.upper)
    return st.number_input(**_common(row), min_value=low, max_value=high, value=int(row.default), step=1)


CONTROLS: dict[str, Callable[[Parameter], Any]] = {
    "segments": _segments,
    "menu": _menu,
    "stops": _stops,
    "slider": _slider,
    "text": _text,
    "whole": _whole,
}


def _stops_with_present(row: Parameter) -> list[Any]:
    """The stops, and any value between them that a link or a preset set."""
    kind = int if row.kind == "integer" else float
    extra_values = st.session_state.setdefault(f"stops of {row.name}", set())
    extra_values |= {kind(value) for value in _present_numbers(row)}
    numbers = sorted(
        {kind(stop) for stop in row.stops} | extra_values | ({kind(row.default)} if row.default is not None else set())
    )
    if not row.optional:
        return numbers
    below = sum(number < 0 for number in numbers)
    return [*numbers[:below], UNSET, *numbers[below:]]  # a bias that is not set is drawn around 0


def _present_numbers(row: Parameter) -> list[float]:
    """The parameter's present value, if it is a number."""
    value = st.session_state.get(row.name)
    return [] if value is None or value == UNSET else [float(value)]


def _stop_label(option: Any) -> str:
    return say("page", "unset") if option == UNSET else f"{option:.10g}"
