"""Which runs share the figures, how they are told apart, and the table of their differences and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import gradient_flow
from explorer.show.plots.palette import COMPARED_DASHES, PINS
from explorer.show.plots.shown import Shown
from explorer.show.words import say
from explorer.show.words.differences import differing, distinction, value_text
from explorer.show.words.numbers import decades, horizon, short
from explorer.ui.link.pins import MOST, Pin
from explorer.ui.work.runs import trace_of

COMPARED = ("rnn", "lstm", "gru")


@dataclass(frozen=True, eq=False)
class Place:
    """One row of the table: a run, and the pin that it comes from (None: the live run, or a compared cell)."""

    run: Shown
    pin: int | None = None
    hidden: bool = False


def places(live: Trace, compare: bool, pins: Sequence[Pin]) -> list[Place]:
    """The live run first, then the other cells if they are compared, then the pins.

    A pin that cannot be run here is left out.
    """
    others = [as_cell(live.experiment, cell) for cell in COMPARED if cell != live.experiment.cell] if compare else []
    kept = [(i, pin, trace) for i, pin in enumerate(pins) if (trace := _trace(pin.experiment)) is not None]
    if not others and not kept:
        return [Place(Shown(live))]
    names = differing([live.experiment, *others, *(pin.experiment for _, pin, _ in kept)])
    taken: set[str] = set()
    kind = "live_trained" if live.supplied else "live"
    label = _unique(say("page", kind, run=distinction(live.experiment, names)), taken)
    rows = [Place(Shown(live, label))]
    for experiment, dash in zip(others, COMPARED_DASHES, strict=False):
        rows.append(Place(Shown(trace_of(experiment), _unique(distinction(experiment, names), taken), dash=dash)))
    for i, pin, trace in kept:
        label = _unique(pin.name or distinction(pin.experiment, names), taken)
        rows.append(Place(Shown(trace, label, *PINS[i]), i, pin.hidden))
    return rows


def shown_pin(pin: Pin) -> Shown | None:
    """A pin's run, not yet told apart from others; two of them, for some figures show one alone differently."""
    trace = _trace(pin.experiment)
    return None if trace is None else Shown(trace)


def _trace(experiment: Experiment) -> Trace | None:
    try:
        return trace_of(experiment)
    except ExplorerError:
        return None


def _unique(label: str, taken: set[str]) -> str:
    count, found = 1, label
    while found in taken:
        count += 1
        found = f"{label} ({count})"
    taken.add(found)
    return found


def as_cell(experiment: Experiment, cell: str) -> Experiment:
    """The same experiment with another cell; what has no effect there returns to its default: one run, one key."""
    other = experiment.replace(cell=cell)
    return other.replace(**{name: Experiment.model_fields[name].default for name in other.without_effect})


def visible(rows: Sequence[Place]) -> list[Shown]:
    return [row.run for row in rows if not row.hidden]


def table_of(rows: Sequence[Place]) -> dict[str, Any]:
    """The table as the deck shows it."""
    names = differing([row.run.trace.experiment for row in rows])
    numbers = [say("page", name) for name in ("decay", "horizon", "loss", "clip")]
    return {
        "columns": [*(say("label", name) for name in names), *numbers],
        "rows": [_row(row, names) for row in rows],
        "full": sum(row.pin is not None for row in rows) >= MOST,
    }


def _row(row: Place, names: Sequence[str]) -> dict[str, Any]:
    e = row.run.trace.experiment
    values = ["–" if name in e.without_effect else value_text(name, getattr(e, name)) for name in names]
    return {
        "label": row.run.label,
        "colour": row.run.ink,
        "dash": row.run.dash,
        "pin": row.pin,
        "hidden": row.hidden,
        "cells": [*values, *_numbers(row.run.trace)],
    }


def _numbers(trace: Trace) -> list[str]:
    flow, clip, T = gradient_flow(trace), trace.clip, trace.experiment.seq_len
    steps_back = say("number", "none") if trace.overflow_step else horizon(flow.horizon, T)
    clipped = f"{short(clip.norm_before)} → {short(clip.norm_after)}" if clip.engaged else say("page", "not_clipped")
    return [decades(flow.decay), steps_back, short(trace.loss), clipped]
