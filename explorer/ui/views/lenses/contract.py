"""What a lens is on the page: choices above, then figures and sentences made of them and the trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from cachetools import LRUCache, cached

from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.show.plots.record import Figure
from explorer.show.words import say
from explorer.ui.work.runs import key_of

Choices = tuple[Hashable, ...]
Record = TypeVar("Record")


@dataclass(frozen=True)
class Seen:
    """What a lens shows: sentences first, each with its numbers, then figures."""

    figures: tuple[Figure, ...]
    sentences: tuple[str, ...] = ()


def nothing_to_choose(trace: Trace) -> Choices:
    return ()


@dataclass(frozen=True)
class Lens:
    """One entry of the lenses' menu.

    Attributes:
        see: (trace, *choices, progress) → what is shown; pure, and remembered by experiment and choices.
        choose: draws the lens's own controls, whose values are in the link too, and returns them.
    """

    see: Callable[..., Seen]
    choose: Callable[[Trace], Choices] = nothing_to_choose


def whole_number(name: str, lower: int, upper: int, default: int, **more: Any) -> int:
    """A number control of a lens, bound to the link; a value from another network is brought within the bounds.

    Needs a label and a help under `name`, and a reader of the link's value in `explorer.ui.link.opening.PAGE_READERS`.
    """
    present = st.session_state.get(name, st.query_params.get(name, default))
    st.session_state[name] = min(max(int(present), lower), upper)
    label, told = say("lens_choice", name), say("lens_choice_help", name)
    return int(
        st.number_input(
            label, min_value=lower, max_value=upper, step=1, key=name, help=told, bind="query-params", **more
        )
    )


def one_of(name: str, options: Sequence[str], default: str, menu: bool = False) -> str:
    """A choice of a lens, bound to the link under the options' own words; one that this network lacks is left.

    Needs what `whole_number` needs.
    """
    if st.session_state.get(name, default) not in options:
        st.session_state[name] = default
    label, told = say("lens_choice", name), say("lens_choice_help", name)
    if menu:
        index = list(options).index(default)
        return str(st.selectbox(label, options, index=index, key=name, help=told, bind="query-params"))
    return str(
        st.segmented_control(label, options, default=default, key=name, help=told, required=True, bind="query-params")
    )


def remembered(compute: Callable[..., Record], most: int = 6) -> Callable[..., Record]:
    """`compute(trace, *choices, progress)`, its last records kept: for what costs more than its picture does."""
    computed = threading.Condition()

    def key(trace: Trace, *choices: Hashable, progress: Progress) -> Hashable:
        return key_of(trace), *choices

    return cached(LRUCache(most), key=key, condition=computed)(compute)
