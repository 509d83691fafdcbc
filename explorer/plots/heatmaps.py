"""Units by steps: hidden states and gates of the first sequence, on colour scales that never adapt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.cells import make_cell
from explorer.plots.palette import OTHERS
from explorer.plots.record import Axis, Figure, Heatmap, Panel, Region, Series
from explorer.trace import Trace
from explorer.words import say
from explorer.words.numbers import short

UNBOUNDED = (-1.0, 1.0)  # of the colour scale for states that have no bound; what lies outside takes the end's colour


def states_figure(trace: Trace) -> Figure:
    """The top layer's h, one row a unit."""
    values = _readable(trace, trace.states["h"][-1, 1:, 0].T)
    regions = _overflow(trace)
    panel = Panel(_units(len(values)), heatmap=_states(values), regions=regions)
    finite = values[np.isfinite(values)]
    alternative = say(
        "alternative",
        "states",
        units=len(values),
        steps=trace.experiment.seq_len,
        low=short(float(finite.min(initial=0.0))),
        high=short(float(finite.max(initial=0.0))),
        typical=short(float(np.median(np.abs(finite)))) if finite.size else "0",
    )
    caption = say("caption", "states")
    if not np.isfinite(_bounds(trace)["h"]).all():
        caption += f" {say('caption', 'states_unbounded')}"
    return Figure("states", say("figure", "states"), caption, alternative, _time(trace), (panel,), 300)


def gates_figure(trace: Trace) -> Figure:
    """The top layer's gates, a strip each."""
    bounds = _bounds(trace)
    panels = []
    for name, gate in trace.gates.items():
        values = gate[-1, :, 0].T
        title, heatmap = say("gate", name), Heatmap(values, 1, 0.0, 1.0, "gates")
        if bounds[name][0] < 0:
            title, heatmap = say("figure", "like_states", gate=title), _states(values)
        panels.append(Panel(_units(len(values), ""), title, heatmap=heatmap))
    names = ", ".join(say("gate", name) for name in trace.gates)
    alternative = say("alternative", "gates", names=names, steps=trace.experiment.seq_len)
    caption = say("caption", "gates") + (f" {say('caption', 'z_keeps')}" if "update" in trace.gates else "")
    return Figure("gates", say("figure", "gates"), caption, alternative, _time(trace), tuple(panels), 300)


def gate_means_figure(trace: Trace) -> Figure:
    """Each gate's mean over units and sequences of the top layer, with the band from 10 to 90 %."""
    bounds = _bounds(trace)
    panels, means = [], []
    steps = np.arange(1, trace.experiment.seq_len + 1)
    for (name, gate), colour in zip(trace.gates.items(), OTHERS, strict=False):
        values = gate[-1].reshape(len(steps), -1)
        mean = values.mean(axis=1)
        low, high = np.quantile(values, (0.1, 0.9), axis=1)
        series = Series(say("gate", name), steps, mean, colour, low=low, high=high)
        panels.append(Panel(Axis("", *bounds[name]), say("gate", name), series=(series,)))
        means.append(f"{say('gate', name)} {short(float(mean.mean()))}")
    alternative = say("alternative", "gate_means", means=", ".join(means), steps=len(steps))
    title = say("figure", "gate_means")
    return Figure("gate_means", title, say("caption", "gate_means"), alternative, _time(trace), tuple(panels), 300)


def _bounds(trace: Trace) -> Mapping[str, tuple[float, float]]:
    return make_cell(trace.experiment.cell, activation=trace.experiment.activation).bounds


def _states(values: np.ndarray) -> Heatmap:
    return Heatmap(values, 1, *UNBOUNDED, "states")


def _units(count: int, label: str | None = None) -> Axis:
    return Axis(say("axis", "unit") if label is None else label, 0.5, count + 0.5)


def _time(trace: Trace) -> Axis:
    return Axis(say("axis", "step"), 1, trace.experiment.seq_len)


def _readable(trace: Trace, values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan) if trace.overflow_step else values


def _overflow(trace: Trace) -> tuple[Region, ...]:
    if trace.overflow_step is None:
        return ()
    label = say("mark", "not_finite", step=trace.overflow_step)
    return (Region(label, trace.overflow_step, trace.experiment.seq_len, "not_finite", of="x"),)
