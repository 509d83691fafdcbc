"""The runs that share the figures, their labels, and the table of their differences and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.gradient_flow import judged_flow
from explorer.show.plots.palette import COMPARED_DASHES, PINS
from explorer.show.plots.shown import Shown
from explorer.show.words import say
from explorer.show.words.differences import differing, distinction, value_text
from explorer.show.words.numbers import decades, short
from explorer.show.words.verdicts import loss_text, memory
from explorer.ui.link.pins import MOST, Pin
from explorer.ui.work.runs import trace_of

COMPARED = ("rnn", "lstm", "gru")


@dataclass(frozen=True, eq=False)
class Place:
    """One row of the table: a run, and the index of its pin (None for the live run and compared cells)."""

    run: Shown
    pin: int | None = None
    hidden: bool = False


def places(live: Trace, compare: bool, pins: Sequence[Pin]) -> list[Place]:
    """The rows: the live run, then the other cells if they are compared, then the pins that can be run.

    Raises:
        ExplorerError: a compared cell cannot be run.
    """
    others = [as_cell(live.experiment, cell) for cell in COMPARED if cell != live.experiment.cell] if compare else []
    pinned = [(i, pin, trace) for i, pin in enumerate(pins) if (trace := _trace(pin.experiment)) is not None]
    if not others and not pinned:
        return [Place(Shown(live))]
    names = differing([live.experiment, *others, *(pin.experiment for _, pin, _ in pinned)])
    used_labels: set[str] = set()
    kind = "live_trained" if live.supplied else "live"
    label = _unique(say("page", kind, run=distinction(live.experiment, names)), used_labels)
    rows = [Place(Shown(live, label))]
    for experiment, dash in zip(others, COMPARED_DASHES, strict=False):
        rows.append(Place(Shown(trace_of(experiment), _unique(distinction(experiment, names), used_labels), dash=dash)))
    for i, pin, trace in pinned:
        label = _unique(pin.name or distinction(pin.experiment, names), used_labels)
        rows.append(Place(Shown(trace, label, *PINS[i]), i, pin.hidden))
    return rows


def shown_pin(pin: Pin) -> Shown | None:
    """A pin's run without a label; None if it cannot be run."""
    trace = _trace(pin.experiment)
    return None if trace is None else Shown(trace)


def _trace(experiment: Experiment) -> Trace | None:
    try:
        return trace_of(experiment)
    except ExplorerError:
        return None


def _unique(label: str, used_labels: set[str]) -> str:
    count, candidate = 1, label
    while candidate in used_labels:
        count += 1
        candidate = f"{label} ({count})"
    used_labels.add(candidate)
    return candidate


def as_cell(experiment: Experiment, cell: str) -> Experiment:
    """The experiment with another cell. Parameters without effect there get their defaults: equal runs share a key."""
    other = experiment.replace(cell=cell)
    return other.replace(**{name: Experiment.model_fields[name].default for name in other.without_effect})


def visible(rows: Sequence[Place]) -> list[Shown]:
    """The runs that are not hidden."""
    return [row.run for row in rows if not row.hidden]


def table_of(rows: Sequence[Place]) -> dict[str, Any]:
    """The table as a dictionary for the deck; ``full`` means that no further pin fits."""
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
    clip = trace.clip
    clipped = f"{short(clip.norm_before)} → {short(clip.norm_after)}" if clip.engaged else say("page", "not_clipped")
    return [decades(judged_flow(trace).decay), memory(trace), loss_text(trace), clipped]
