"""The figure of clipping: each step's share of the parameter gradient, and the norm of their sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.base.scaling import log10
from explorer.engine.trace import Trace
from explorer.model.clipping import ClipReport
from explorer.show.plots.axes import LEAST_SPAN
from explorer.show.plots.gradients import no_gradient
from explorer.show.plots.palette import NEUTRAL
from explorer.show.plots.record import Axis, Figure, Level, Panel, Series
from explorer.show.plots.shown import Runs, longest
from explorer.show.words import say
from explorer.show.words.numbers import short


def clipping_figure(runs: Runs) -> Figure:
    """The live run before and after clipping, on one log axis; only clipping by norm scales the steps' shares.

    The other runs show what their update takes: the shares after clipping.
    """
    trace = runs[0].trace
    clip = trace.clip
    shares = log10_shares(trace)
    series = [_line(say("mark", "unclipped"), shares, NEUTRAL, "dash")]
    if clip.mode == "norm" and np.isfinite(clip.factor):
        series.append(_line(say("mark", "clipped"), shares + np.log10(clip.factor), runs[0].ink, "solid"))
    series += [_line(run.label, _clipped_shares(run.trace), run.ink, run.dash) for run in runs[1:]]
    levels = _levels(clip)
    lower, upper = _range([s.values for s in series], levels)
    axis = Axis(say("axis", "contribution"), lower, upper, decades=True)
    panel = Panel(axis, series=tuple(series), levels=levels, regions=no_gradient(trace))
    state = "clipping_off" if all(run.trace.clip.mode == "none" for run in runs) else "clipping"
    numbers = {"before": short(clip.norm_before), "after": short(clip.norm_after)}
    return Figure(
        "clipping",
        say("figure", state),
        say("caption", "clipping_value" if clip.mode == "value" else state),
        say("alternative", state, **numbers),
        Axis(say("axis", "step"), 1, longest(runs)),
        (panel,),
        height=300,
        legend=True,
    )


def _line(label: str, values: np.ndarray, colour: str, dash: str) -> Series:
    return Series(label, np.arange(1, len(values) + 1), values, colour, dash)


def _clipped_shares(trace: Trace) -> np.ndarray:
    by_norm = trace.clip.mode == "norm" and np.isfinite(trace.clip.factor)
    return log10_shares(trace) + (np.log10(trace.clip.factor) if by_norm else 0.0)


def log10_shares(trace: Trace) -> np.ndarray:
    """(T,) log10 of the norm, over all parameters, of each step's share of the gradient."""
    norms = np.stack(list(trace.log10_step_weight_grad_norm.values()))
    top = norms.max(axis=0)
    base = np.where(np.isfinite(top), top, 0.0)
    return np.where(np.isnan(top), np.nan, base + log10((10.0 ** (2 * (norms - base))).sum(axis=0)) / 2)


def _levels(clip: ClipReport) -> tuple[Level, ...]:
    """The norm of the sum before and after, and the threshold; labels of close levels do not cover each other."""
    before = Level(say("mark", "total_before"), clip.norm_before, "dash")
    threshold = Level(say("mark", "threshold"), clip.threshold, "dot", side="right")
    if clip.engaged:
        levels = [before, Level(say("mark", "total_after"), clip.norm_after, "solid", below=True), threshold]
    else:
        levels = [before] if clip.mode == "none" else [before, threshold]
    return tuple(
        replace(lv, value=float(np.log10(lv.value))) for lv in levels if np.isfinite(lv.value) and lv.value > 0
    )


def _range(curves: list[np.ndarray], levels: tuple[Level, ...]) -> tuple[float, float]:
    """A range around all levels and the upper 24 decades of each curve: a share below that adds nothing to a sum."""
    finite = [curve[np.isfinite(curve)] for curve in curves]
    ends = [level.value for level in levels]
    for curve in finite:
        if len(curve):
            ends += [float(curve.max()), max(float(curve.min()), float(curve.max()) - 3 * LEAST_SPAN)]
    if not ends:
        return -LEAST_SPAN, 0.0
    upper = float(np.ceil(max(ends) + 0.5))
    return min(float(np.floor(min(ends) - 0.5)), upper - LEAST_SPAN), upper
