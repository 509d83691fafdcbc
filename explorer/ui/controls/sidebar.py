"""The sidebar: views, stories, presets, and the controls of all parameters that have an effect."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import partial

import numpy as np
import streamlit as st

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.show.presets import all_presets
from explorer.show.words import say
from explorer.ui.controls.controls import draw_control
from explorer.ui.link.settings import (
    COMPARE,
    VIEW,
    as_option,
    forget_notes,
    take,
    take_plan,
)
from explorer.ui.state.page import held
from explorer.ui.trainings.session import at_work
from explorer.ui.work.seeds import seeds_control

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
ORDER = ("story", "preset", "cell", COMPARE, *FIRST[1:], *CLIPPING, "draw_again")


def sidebar(story_menu: Callable[[], None], hidden: Container[str] = ()) -> None:
    """Draw the controls; those in `hidden` are not drawn and keep their values."""
    parts: dict[str, Callable[[], None]] = {
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


def view_menu(views: Sequence[str]) -> None:
    """Draw the choice among the views."""
    st.segmented_control(
        say("page", "view"),
        views,
        default=views[0],
        required=True,
        label_visibility="collapsed",
        help=say("help", "view"),
        width="content",
        **held(VIEW),
    )


def _compare() -> None:
    st.toggle(say("page", "compare"), help=say("help", "compare"), **held(COMPARE))


def _seed_button() -> None:
    label, help_ = say("page", "draw_again"), say("help", "draw_again")
    st.button(label, help=help_, on_click=_draw_again, width="stretch", disabled=at_work())
    seeds_control()


def _folded(hidden: Container[str]) -> None:
    with st.expander(say("page", "more"), key="more", on_change="rerun") as more:
        for name in MORE:
            if name not in hidden and (more.open or _is_in_use(name)):
                draw_control(name)


def _is_in_use(name: str) -> bool:
    """Whether a folded control has a value of its own; else it is not drawn, as each control slows every redraw."""
    row = table(Experiment)[name]
    return bool(st.session_state[name] != as_option(row, row.default))


def _draw_again() -> None:
    st.session_state["seed"] = int(np.random.default_rng().integers(10_000))
    forget_notes()


def _preset_menu() -> None:
    """A menu that sets the controls and shows no choice itself: the verdict names the preset they match."""
    presets = all_presets()
    st.session_state["preset"] = None
    st.selectbox(
        say("page", "preset"),
        list(presets),
        format_func=lambda name: presets[name].title,
        key="preset",
        placeholder=say("page", "choose"),
        help=say("help", "preset"),
        disabled=at_work(),
        on_change=_take_preset,
    )


def _take_preset() -> None:
    name = st.session_state["preset"]
    if name is not None:
        preset = all_presets()[name]
        take(preset.experiment)
        if preset.training is not None:
            take_plan(preset.training)
