"""The sidebar: a control for each parameter that has an effect, made from the table of parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import streamlit as st

from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.parameters import Parameter, table
from explorer.presets import all_presets
from explorer.training import TrainingPlan
from explorer.ui.link import NOTES, allowing, spelled
from explorer.ui.seeds import seeds_control
from explorer.ui.training.link import TRAINED
from explorer.words import choice_label, say

FIRST = ("cell", "activation", "seq_len", "init", "gain", "forget_bias", "update_bias", "task", "loss_at")
CLIPPING = ("clip", "clip_threshold")
MORE = (
    "seed",
    "text",
    "hidden_size",
    "num_layers",
    "batch_size",
    "input_size",
    "input_gain",
    "bias_init",
    "dtype",
    "backend",
    "device",
)
SEGMENTS = ("cell", "loss_at", "clip")
AT_HAND = {"cell": 3}  # how many of the choices are segments, where the others are in a menu below
COMPARE = "compare"
VIEW = "view"
NUMBERS = "numbers"  # the table below the picture
ORDER = (VIEW, "story", "preset", "cell", COMPARE, *FIRST[1:], *CLIPPING, "draw_again")
PROVED = "proved"  # the experiment that the proof below the picture is about
PICTURE = "picture"  # the part of the page that follows from the controls
UNSET = "unset"


def keep_unseen(names: Collection[str]) -> None:
    """Controls that are not drawn keep their values; Streamlit would forget what nobody sees."""
    state = st.session_state
    for name in names:
        row = table(Experiment)[name]
        state[name] = state.get(name, _as_option(row, row.default))


def keep_link_of_unseen(names: Collection[str]) -> None:
    """Read from the link when a session starts, and from then on written into it: what a drawn control does itself."""
    first = "unseen are read" not in st.session_state
    st.session_state["unseen are read"] = True
    for name in names:
        row = table(Experiment)[name]
        if first and name in st.query_params:
            set_control(name, st.query_params[name])
        value = st.session_state[name]
        if value == _as_option(row, row.default):
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != spelled(row, value):
            st.query_params[name] = spelled(row, value)


def sidebar(views: Sequence[str], story_menu: Callable[[], None], hidden: Container[str] = ()) -> None:
    """Draw the controls, the choice among `views` first; those in `hidden` keep their values unseen."""
    for name, row in table(Experiment).items():
        if name not in st.session_state:
            st.session_state[name] = _of_link(row)
    st.session_state.setdefault(COMPARE, st.query_params.get(COMPARE, "").lower() == "true")
    unseen = [name for name in table(Experiment) if name in hidden]
    keep_unseen(unseen)
    keep_link_of_unseen(unseen)
    parts: dict[str, Callable[[], None]] = {
        VIEW: partial(_view_menu, views),
        "story": story_menu,
        "preset": _preset_menu,
        COMPARE: _compare,
        "draw_again": _seed_button,
    }
    with st.sidebar:
        for name in ORDER:
            if name not in hidden:
                parts.get(name, partial(draw_control, name))()
        if "more" not in hidden:
            _folded(hidden)


def _of_link(row: Parameter) -> Any:
    """What the link says, or the default.

    Where the server was started anew, an open page tells it what its controls show, and a default set here would win.
    """
    try:
        set_control(row.name, st.query_params.get(row.name, row.default))
    except ExplorerError:
        return _as_option(row, row.default)
    return st.session_state[row.name]


def _view_menu(views: Sequence[str]) -> None:
    st.segmented_control(
        say("page", "view"),
        views,
        key=VIEW,
        default=views[0],
        required=True,
        help=say("help", "view"),
        bind="query-params",
    )


def _compare() -> None:
    st.toggle(say("page", "compare"), key=COMPARE, help=say("help", "compare"), bind="query-params")


def _seed_button() -> None:
    st.button(say("page", "draw_again"), help=say("help", "draw_again"), on_click=_draw_again, width="stretch")
    seeds_control()


def _folded(hidden: Container[str]) -> None:
    with st.expander(say("page", "more"), key="more", on_change="rerun") as more:
        for name in MORE:
            if name not in hidden and (more.open or _is_in_use(name)):
                draw_control(name)


def settings() -> dict[str, Any]:
    """What the controls say of all parameters that have an effect."""
    idle = _idle()
    return {name: _from_option(st.session_state[name]) for name in table(Experiment) if name not in idle}


def _is_in_use(name: str) -> bool:
    """Whether a folded control says something; else it is not drawn: each slows every redraw down."""
    row = table(Experiment)[name]
    return name in st.query_params or st.session_state[name] != _as_option(row, row.default)


def draw_control(name: str) -> None:
    """One control, if its parameter has an effect under the present choices."""
    if name not in _idle():
        row = table(Experiment)[name]
        control = CONTROLS[_control_of(row)]
        if row.kind == "choice":
            control(row)
        else:
            # What `_redraw_picture` interrupts is then a run of this control and not of the page, whose every element
            # the browser would mark as out of date and then as fresh again.
            st.fragment(control, key=f"control of {name}")(row)


def control_of(row: Parameter) -> Any:
    """The control of a parameter of any table."""
    return CONTROLS[_control_of(row)](row)


def _idle() -> frozenset[str]:
    """Which parameters have no effect under the present choices."""
    choices = {row.name: st.session_state[row.name] for row in table(Experiment).values() if row.kind == "choice"}
    return _idle_under(tuple(choices.items()))


@cache
def _idle_under(choices: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return Experiment(**dict(choices)).without_effect


def _control_of(row: Parameter) -> str:
    if row.kind == "choice":
        return "segments" if row.name in SEGMENTS else "menu"
    if row.kind == "text":
        return "text"
    if row.reach is None and not row.stops:
        return "whole"
    return "stops" if row.stops else "slider"


def _changed(row: Parameter) -> Callable[[], None]:
    """A choice may change which controls there are; a number or a text changes the picture alone."""
    return _forget_notes if row.kind == "choice" else _redraw_picture


def _redraw_picture() -> None:
    """And the whole page where a table, a proof or a trained network's notice has to follow."""
    was_trained = bool(st.session_state.get(TRAINED))
    _forget_notes()
    follows = was_trained or st.session_state.get(NUMBERS) or st.session_state.get(PROVED)
    st.rerun("app" if follows else PICTURE)


def _common(row: Parameter) -> dict[str, Any]:
    return {"label": say("label", row.name), "key": row.name, "help": say("help", row.name), "on_change": _changed(row)}


def _segments(row: Parameter) -> Any:
    few = AT_HAND.get(row.name, len(row.choices))
    at_hand, others = row.choices[:few], row.choices[few:]
    present = _present_choice(row)
    chosen = st.segmented_control(
        **_common(row),
        options=[*at_hand, *(choice for choice in others if choice == present)],
        default=row.default,
        format_func=choice_label,
        required=True,
        bind="query-params",
    )
    if others:
        _more_of(row, others)
    return chosen


def _present_choice(row: Parameter) -> Any:
    """What is chosen; on a session's first run the link has the say."""
    first = f"{row.name} is read" not in st.session_state
    st.session_state[f"{row.name} is read"] = True
    linked = [choice for choice in row.choices if first and choice_label(choice) == st.query_params.get(row.name)]
    return linked[0] if linked else st.session_state[row.name]


def _more_of(row: Parameter, others: Sequence[Any]) -> None:
    """The choices that are no segments; the chosen one becomes a segment, and so stands in the link as any other."""
    key = f"more_{row.name}"
    st.session_state[key] = None
    st.selectbox(
        say("page", key),
        others,
        format_func=lambda choice: say(row.name, choice),
        key=key,
        placeholder=say("page", key),
        label_visibility="collapsed",
        on_change=_take_other,
        args=(row.name,),
    )


def _take_other(name: str) -> None:
    chosen = st.session_state[f"more_{name}"]
    if chosen is not None:
        st.session_state[name] = chosen
        _forget_notes()


def _menu(row: Parameter) -> Any:
    index = row.choices.index(row.default)
    return st.selectbox(**_common(row), options=row.choices, index=index, format_func=choice_label, bind="query-params")


def _stops(row: Parameter) -> Any:
    options = _stops_with_present(row)
    default = _as_option(row, row.default)
    return st.select_slider(
        **_common(row), options=options, value=default, format_func=_stop_label, bind="query-params"
    )


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
        bind="query-params",
    )


def _text(row: Parameter) -> Any:
    return st.text_area(**_common(row), value="", max_chars=row.max_length, height=90, bind="query-params")


def _whole(row: Parameter) -> Any:
    assert row.lower is not None and row.upper is not None
    low, high = int(row.lower), int(row.upper)
    return st.number_input(
        **_common(row), min_value=low, max_value=high, value=int(row.default), step=1, bind="query-params"
    )


CONTROLS: dict[str, Callable[[Parameter], Any]] = {
    "segments": _segments,
    "menu": _menu,
    "stops": _stops,
    "slider": _slider,
    "text": _text,
    "whole": _whole,
}


def _stops_with_present(row: Parameter) -> list[Any]:
    """The stops, and whatever value a link or a preset brought that lies between them."""
    kind = int if row.kind == "integer" else float
    seen = st.session_state.setdefault(f"stops of {row.name}", set())
    seen |= {kind(value) for value in _present_numbers(row)}
    numbers = sorted(
        {kind(stop) for stop in row.stops} | seen | ({kind(row.default)} if row.default is not None else set())
    )
    return [UNSET, *numbers] if row.optional else numbers


def _present_numbers(row: Parameter) -> list[float]:
    """What the link and the session hold for a parameter, as far as it is a number within bounds."""
    found = []
    for value in (st.query_params.get(row.name), st.session_state.get(row.name)):
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
        assert row.lower is not None and row.upper is not None
        if row.lower <= number <= row.upper:
            found.append(number)
    return found


def _stop_label(option: Any) -> str:
    return say("page", "unset") if option == UNSET else f"{option:.10g}"


def _as_option(row: Parameter, value: Any) -> Any:
    return UNSET if row.optional and value is None else value


def _from_option(option: Any) -> Any:
    return None if option == UNSET else option


def _draw_again() -> None:
    st.session_state["seed"] = int(np.random.default_rng().integers(10_000))
    _forget_notes()


def _preset_menu() -> None:
    """Sets the controls and forgets: which preset they spell at present is said beside the verdict."""
    presets = all_presets()
    st.session_state["preset"] = None
    st.selectbox(
        say("page", "preset"),
        list(presets),
        format_func=lambda name: presets[name].title,
        key="preset",
        placeholder=say("page", "choose"),
        help=say("help", "preset"),
        on_change=_take_preset,
    )


def _take_preset() -> None:
    name = st.session_state["preset"]
    if name is not None:
        preset = all_presets()[name]
        take(preset.experiment)
        if preset.training is not None:
            take_plan(preset.training)


def take_plan(plan: TrainingPlan) -> None:
    """Set every control of the plan; only in a callback."""
    for name in table(TrainingPlan):
        st.session_state[name] = getattr(plan, name)


def take(experiment: Experiment) -> None:
    """Set every control to an experiment's value; only in a callback, before the controls are drawn."""
    for name, row in table(Experiment).items():
        st.session_state[name] = _as_option(row, getattr(experiment, name))
    _forget_notes()


def set_control(name: str, value: object) -> None:
    """Set one control; only in a callback.

    Raises:
        ExplorerError: the value breaks the parameter's own rule.
    """
    row = table(Experiment)[name]
    named = value.replace(" ", "_") if row.kind == "choice" and isinstance(value, str) else value  # as a link spells it
    st.session_state[name] = _as_option(row, getattr(Experiment(**{name: named, **allowing(name)}), name))


def _forget_notes() -> None:
    """The first change of a control ends what there was to say about the link, and what it says of a training."""
    st.session_state[NOTES] = []
    st.session_state[TRAINED] = ""
