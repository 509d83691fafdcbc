"""Heatmaps of units by steps: hidden states and gates of the first sequence, on colour scales that never adapt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.show.plots.palette import GATES_IN_TURN
from explorer.show.plots.record import Axis, Figure, Heatmap, Panel, Region, Series
from explorer.show.plots.shown import Runs, Shown, longest
from explorer.show.words import say
from explorer.show.words.labels import gate_label
from explorer.show.words.numbers import short, units

LEAST_STRIP = 18  # pixels for one more strip; below that its rows cannot be told apart
KEEPING_CAPTIONS = {("update", 1): "z_keeps", ("update", -1): "z_renews", ("forget", -1): "f_renews"}
STATE_RANGE = (-1.0, 1.0)  # of the colour scale of states; a value outside takes the colour of the nearer end


def states_figure(runs: Runs) -> Figure:
    """The top layer's h: a strip for each run and a row for each unit, all on one colour scale."""
    trace = runs[0].trace
    panels = tuple(
        Panel(
            _units(run.trace.experiment.hidden_size),
            run.label,
            run.colour_beside_others(runs),
            heatmap=_states(_top_units(run.trace)),
            regions=_overflow(run.trace),
        )
        for run in runs
    )
    values = _top_units(trace)
    finite = values[np.isfinite(values)]
    alternative = say(
        "alternative",
        "states",
        units=units(len(values)),
        steps=trace.experiment.seq_len,
        low=short(float(finite.min())) if finite.size else "0",
        high=short(float(finite.max())) if finite.size else "0",
        typical=short(float(np.median(np.abs(finite)))) if finite.size else "0",
    )
    caption = say("caption", "states")
    if not all(np.isfinite(_bounds(run.trace)["h"]).all() for run in runs):
        caption += f" {say('caption', 'states_unbounded')}"
    return Figure("states", say("figure", "states"), caption, alternative, _time(runs), panels, 300)


def gates_figure(runs: Runs) -> Figure:
    """The top layer's gates: under the name of each gate a strip of every run that has it, in the runs' order."""
    panels: list[Panel] = []
    for name in gate_names(runs):
        gated_runs = [run for run in runs if name in run.trace.gates]
        panels += [_gate_strip(run, name, runs, first=run is gated_runs[0]) for run in gated_runs]
    names = ", ".join(gate_label(name) for name in gate_names(runs))
    alternative = say("alternative", "gates", names=names, steps=longest(runs))
    captions = ["gates", *_keeping_captions(runs), *(["gates_of_runs"] if len(runs) > 1 else [])]
    caption = " ".join(say("caption", key) for key in captions)
    height = 300 + LEAST_STRIP * max(0, len(panels) - 2 * len(gate_names(runs)))
    return Figure("gates", say("figure", "gates"), caption, alternative, _time(runs), tuple(panels), height)


def _keeping_captions(runs: Runs) -> list[str]:
    """Keys of captions for gates that texts define in two ways: which way keeps the old state here."""
    signs = {item for run in runs for item in CELLS[run.trace.experiment.cell].kind.keeps.items()}
    return [key for item, key in KEEPING_CAPTIONS.items() if item in signs]


def _gate_strip(run: Shown, name: str, runs: Runs, first: bool) -> Panel:
    values = run.trace.gates[name][-1, :, 0].T
    title, heatmap = gate_label(name), Heatmap(values, 1, 0.0, 1.0, "gates")
    if _bounds(run.trace)[name][0] < 0:
        title, heatmap = say("figure", "like_states", gate=title), _states(values)
    return Panel(_units(len(values), ""), title if first else "", run.colour_beside_others(runs), heatmap=heatmap)


def gate_means_figure(runs: Runs) -> Figure:
    """Each gate's mean over units and sequences of the top layer; for one run with the band from 10 to 90 %."""
    panels, means = [], []
    for name, colour in zip(gate_names(runs), GATES_IN_TURN, strict=False):
        gated_runs = [run for run in runs if name in run.trace.gates]
        series = tuple(_gate_mean(run, name, "" if len(runs) > 1 else colour) for run in gated_runs)
        panels.append(Panel(_gate_axis(gated_runs[0].trace, name, series), gate_label(name), series=series))
        means += [f"{s.label} {short(float(s.values.mean()))}" for s in series]
    alternative = say("alternative", "gate_means", means=", ".join(means), steps=longest(runs))
    title = say("figure", "gate_means")
    return Figure("gate_means", title, say("caption", "gate_means"), alternative, _time(runs), tuple(panels), 300)


def _gate_axis(trace: Trace, name: str, series: Sequence[Series]) -> Axis:
    """The gate's range; where it is infinite, the range of what is drawn."""
    low, high = _bounds(trace)[name]
    drawn = np.concatenate([edge for s in series for edge in (s.values, s.low, s.high) if edge is not None])
    drawn = drawn[np.isfinite(drawn)]
    low = low if np.isfinite(low) else float(drawn.min(initial=0.0))
    return Axis("", low, high if np.isfinite(high) else float(drawn.max(initial=low + 1.0)))


def _gate_mean(run: Shown, name: str, colour: str) -> Series:
    """The mean in the gate's `colour`, with a band; without a colour in the run's own, with no band."""
    values = run.trace.gates[name][-1].reshape(run.trace.experiment.seq_len, -1)
    steps, mean = np.arange(1, len(values) + 1), values.mean(axis=1)
    if not colour:
        return Series(f"{gate_label(name)}, {run.label}", steps, mean, run.ink, run.dash)
    low, high = np.quantile(values, (0.1, 0.9), axis=1)
    return Series(gate_label(name), steps, mean, colour, low=low, high=high)


def gate_names(runs: Runs) -> list[str]:
    """Names of the gates of all runs, those of the live run first."""
    return list(dict.fromkeys(name for run in runs for name in run.trace.gates))


def _top_units(trace: Trace) -> np.ndarray:
    """(H, T) h of the top layer, first sequence; NaN where it is not finite."""
    values = trace.states["h"][-1, 1:, 0].T
    return np.where(np.isfinite(values), values, np.nan) if trace.overflow_step else values


def _bounds(trace: Trace) -> Mapping[str, tuple[float, float]]:
    return trace.experiment.new_cell().bounds


def _states(values: np.ndarray) -> Heatmap:
    return Heatmap(values, 1, *STATE_RANGE, "states")


def _units(count: int, label: str | None = None) -> Axis:
    return Axis(say("axis", "unit") if label is None else label, 0.5, count + 0.5)


def _time(runs: Runs) -> Axis:
    return Axis(say("axis", "step"), 1, longest(runs))


def _overflow(trace: Trace) -> tuple[Region, ...]:
    if trace.overflow_step is None:
        return ()
    label = say("mark", "not_finite", step=trace.overflow_step)
    return (Region(label, trace.overflow_step, trace.experiment.seq_len, "not_finite", of="x"),)
