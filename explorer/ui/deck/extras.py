"""The page's state beside the controls: pins, the dragged parameter, the slow walk. The link holds it too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.ui.deck import acted
from explorer.ui.deck.blocks import Extras
from explorer.ui.link.opening import NOTES
from explorer.ui.link.pins import MOST, Pin, changed, clean_name, read, spelled
from explorer.ui.link.settings import COMPARE, set_control, take
from explorer.ui.work.runs import LAST
from explorer.ui.work.seeds import chosen_seeds


def extras(only: str = "") -> Extras:
    """The page's extras; with `only`, just that one figure for a lecture hall."""
    state = st.session_state
    if only:
        return Extras(only=only)
    return Extras(state[COMPARE], tuple(_pins()), state["drag"], int(state["slow"] or 0), chosen_seeds())


def _pins() -> list[Pin]:
    return read(st.session_state["pins"])[0]


def _set_pins(pins: list[Pin]) -> None:
    st.session_state["pins"] = spelled(pins)


def on_act() -> None:
    """Handle the user's action on the deck. Invalid ones, which an outdated page may send, are ignored."""
    act = acted()
    handler = HANDLERS.get(str(act.get("do")))
    if handler is not None:
        st.session_state[NOTES] = []
        handler(act)
        st.rerun()  # the deck is in the picture's fragment, but sets controls outside of it


def _pin(act: dict[str, Any]) -> None:
    live, pins = st.session_state.get(LAST), _pins()
    if live is not None and len(pins) < MOST:
        _set_pins([*pins, Pin(live)])


def _pin_handler(change: Callable[[list[Pin], int, dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def handle(act: dict[str, Any]) -> None:
        pins, place = _pins(), act.get("pin")
        if isinstance(place, int) and 0 <= place < len(pins):
            change(pins, place, act)

    return handle


def _rename(pins: list[Pin], place: int, act: dict[str, Any]) -> None:
    _set_pins(changed(pins, place, name=clean_name(str(act.get("name", "")))))


def _hide(pins: list[Pin], place: int, act: dict[str, Any]) -> None:
    _set_pins(changed(pins, place, hidden=not pins[place].hidden))


def _drop(pins: list[Pin], place: int, act: dict[str, Any]) -> None:
    _set_pins(pins[:place] + pins[place + 1 :])


def _make_live(pins: list[Pin], place: int, act: dict[str, Any]) -> None:
    take(pins[place].experiment)


def _drag(act: dict[str, Any]) -> None:
    name = act.get("parameter")
    st.session_state["drag"] = name if name in table(Experiment) else ""


def _release(act: dict[str, Any]) -> None:
    name, value = str(act.get("parameter")), act.get("value")
    if name in table(Experiment):
        try:
            set_control(name, value)
        except ExplorerError:
            return


def _slow(act: dict[str, Any]) -> None:
    st.session_state["slow"] = "" if st.session_state["slow"] else "1"


def _unit(act: dict[str, Any]) -> None:
    live, unit = st.session_state.get(LAST), act.get("unit")
    if isinstance(unit, int) and live is not None:
        st.session_state["slow"] = str(min(max(1, unit), live.hidden_size))


HANDLERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "pin": _pin,
    "rename": _pin_handler(_rename),
    "hide": _pin_handler(_hide),
    "drop": _pin_handler(_drop),
    "live": _pin_handler(_make_live),
    "drag": _drag,
    "release": _release,
    "slow": _slow,
    "unit": _unit,
}
