"""The next step of a control, computed while nobody waits.

Who moves a slider one step mostly moves it one further. When the page is drawn, the run that this would ask for is
made and remembered, so that a press of a key finds it there. Where a class is at work, somebody does wait: then not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Number, Parameter, table

BEFORE = "experiment before this one"
PAUSE, SLICE = 0.06, 0.01  # seconds: the browser paints first, on the cores that it shares with this

SCRIPT = "ScriptRunner.scriptThread"  # Streamlit's name for the thread in which a session's script runs
CROWD = 3  # sessions at work, this one among them


def next_step(before: Experiment | None, now: Experiment) -> Experiment | None:
    """One step further in the direction in which a single number went, or None."""
    if before is None:
        return None
    rows = [row for name, row in table(Experiment).items() if getattr(before, name) != getattr(now, name)]
    if len(rows) != 1 or rows[0].kind not in ("integer", "number"):
        return None
    (row,) = rows
    value = _beyond(row, getattr(before, row.name), getattr(now, row.name))
    try:
        return None if value is None else now.replace(**{row.name: value})
    except ExplorerError:
        return None


def _beyond(row: Parameter, before: Number | None, now: Number | None) -> Number | None:
    if before is None or now is None:
        return None
    up = now > before
    if row.stops:
        further = [stop for stop in row.stops if (stop > now if up else stop < now)]
        return (min(further) if up else max(further)) if further else None
    if row.reach is None:
        return now + (1 if up else -1)
    low, high, step = row.reach
    value = round(now + (step if up else -step), 10)
    return value if low <= value <= high else None


def look_ahead(now: Experiment, prepare: Callable[[Experiment], object], give_way: Callable[[], object]) -> None:
    """Call `prepare` for the next step, unless a newer run of the session comes first."""
    before = st.session_state.get(BEFORE)
    st.session_state[BEFORE] = now
    further = next_step(before, now)
    if further is None:
        return
    until = time.monotonic() + PAUSE
    while time.monotonic() < until:
        time.sleep(SLICE)
        give_way()
    if crowded():
        return
    try:
        prepare(further)
    except ExplorerError:  # said when somebody asks for it
        return


def crowded() -> bool:
    """Whether several sessions' scripts run at this moment."""
    return sum(thread.name == SCRIPT for thread in threading.enumerate()) > CROWD
