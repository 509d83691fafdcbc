"""The next step of a control, computed in advance.

After one step of a slider the next usually goes the same way. So once the page is drawn, the run of that step is
computed and cached, and the next key press finds it ready. While a class is at work this is left out.
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
PAUSE, SLICE = 0.06, 0.01  # seconds: the browser, which shares the cores, paints first

SCRIPT = "ScriptRunner.scriptThread"  # Streamlit's name for the threads that run a session's script
CROWD = 3  # sessions at work, this one included


def next_step(before: Experiment | None, now: Experiment) -> Experiment | None:
    """The experiment one step further in the direction in which a single number changed; None if there is none."""
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
    """Call `prepare` for the next step, after a pause in which `give_way` may end this run for a newer one."""
    before = st.session_state.get(BEFORE)
    st.session_state[BEFORE] = now
    next_experiment = next_step(before, now)
    if next_experiment is None:
        return
    deadline = time.monotonic() + PAUSE
    while time.monotonic() < deadline:
        time.sleep(SLICE)
        give_way()
    if crowded():
        return
    try:
        prepare(next_experiment)
    except ExplorerError:  # reported when the user gets there
        return


def crowded() -> bool:
    """Whether more than `CROWD` sessions' scripts run at this moment."""
    return sum(thread.name == SCRIPT for thread in threading.enumerate()) > CROWD
