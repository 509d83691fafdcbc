"""The main figure: the gradient norm per step, on a log axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

import numpy as np

from explorer.base.scaling import LOG10_2
from explorer.engine.trace import Trace
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.linear_theory import rates_at_rest
from explorer.questions.seed_bands import Bands
from explorer.questions.thresholds import threshold
from explorer.show.plots.axes import decades_around
from explorer.show.plots.look import LOOK
from explorer.show.plots.palette import NEUTRAL, OTHERS
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.plots.shown import Runs, Shown, longest
from explorer.show.words import say
from explorer.show.words.labels import state_label
from explorer.show.words.numbers import magnitude

WIDEST_SPAN = 30.0  # decades on one axis while a value is dragged; more would flatten a healthy curve
RUN = LOOK.sizes.run
OF_STATES = ("solid", "dash", "dashdot", "longdashdot")  # h first; linear theory is dotted
FLOORS = {dtype: int(np.finfo(dtype).minexp) * LOG10_2 for dtype in ("float32", "float64")}


def gradient_figure(runs: Runs) -> Figure:
    """All states and layers of a single run, or the top layer of several; with the slope that linear theory expects."""
    live, others = runs[0], runs[1:]
    series = _curves(live) if not others else tuple(line for run in runs for line in _top_layer(run))
    return _figure(live, series, longest(runs), bool(others))


def _curves(run: Shown) -> tuple[Series, ...]:
    e, curves = run.trace.experiment, []
    for (name, norms), dash in zip(run.trace.log10_state_grad_norm.items(), cycle(OF_STATES)):
        for layer in reversed(range(e.num_layers)):
            colour = run.ink if layer == e.num_layers - 1 else OTHERS[e.num_layers - 2 - layer]
            state = state_label(name)
            label = say("mark", "layer", state=state, layer=layer + 1) if e.num_layers > 1 else state
            curves.append(_line(label, norms[layer, 1:], colour, dash))
    return tuple(curves)


def _top_layer(run: Shown) -> tuple[Series, ...]:
    """The curve of h under the run's own name; further states thinner, in the same colour and dash."""
    curves = []
    for name, norms in run.trace.log10_state_grad_norm.items():
        label = run.label if name == "h" else say("mark", "state_of", run=run.label, state=name)
        curves.append(_line(label, norms[-1, 1:], run.ink, run.dash, RUN if name == "h" else RUN / 2))
    return tuple(curves)


def _line(label: str, norms: np.ndarray, colour: str, dash: str, width: float = RUN) -> Series:
    return Series(label, np.arange(1, len(norms) + 1), norms, colour, dash, width)


def _linear_theory(trace: Trace) -> tuple[Series, ...]:
    """The straight line of linear theory from the last gradient back, for the top layer.

    Not for a cell with gates: at rest they are half open, and during a run nowhere near.
    """
    flow = gradient_flow(trace)
    if trace.experiment.new_cell().gates or not flow.from_step:
        return ()
    rate = rates_at_rest(trace)[-1]
    if not np.isfinite(rate):
        return ()
    label = say("mark", "linear", state="h")
    steps, changes = np.array([1, flow.from_step]), rate * np.array([flow.from_step - 1.0, 0.0])
    return (Series(label, steps, flow.last + changes, NEUTRAL, "dot", 2.0),)


def _figure(live: Shown, curves: tuple[Series, ...], steps: int, compared: bool) -> Figure:
    trace, theory = live.trace, _linear_theory(live.trace)
    panel = Panel(
        Axis(say("axis", "gradient"), *decades_around(np.concatenate([s.values for s in curves])), decades=True),
        series=(*curves, *theory),
        regions=_exceptions(live) or _bands(gradient_flow(trace).last),
        levels=tuple(Level(say("mark", dtype), floor, "dash") for dtype, floor in FLOORS.items()),
    )
    summary = " ".join(
        say(
            "alternative",
            "curve",
            name=s.label,
            last=_magnitude_text(s.values[-1]),
            first=_magnitude_text(s.values[0]),
            steps=s.steps[-1],
        )
        for s in curves
    )
    return Figure(
        "gradients",
        say("figure", "gradients"),
        " ".join(say("caption", key) for key in _captions(compared, bool(theory))),
        say("alternative", "gradients", summary=summary),
        Axis(say("axis", "step"), 1, steps),
        (panel,),
        height=330,
        legend=True,
        wide=True,
    )


def with_seeds(figure: Figure, live: Shown, count: int, bands: Bands | None) -> Figure:
    """The figure with the median of the top layer's h over `count` seeds of the live run, in a band of 80 % of them.

    The run's own curve stays as it is: it is one of the seeds. While `bands` is None, only the band itself is missing.
    """
    (panel,), T = figure.panels, live.trace.experiment.seq_len
    low, median, high = bands.log10_state_grad_norm["h"][:, -1, 1:] if bands else np.full((3, T), np.nan)
    label = say("seeds", "curve", count=count, share=say("seeds", "share"))
    band = Series(label, np.arange(1, T + 1), median, live.ink, "longdash", 1.5, low, high)
    lower, upper = (
        decades_around(np.concatenate([low, high])) if np.isfinite(high).any() else (panel.y.lower, panel.y.upper)
    )
    axis = replace(panel.y, lower=min(lower, panel.y.lower), upper=max(upper, panel.y.upper))
    caption = f"{figure.caption} {say('seeds', 'caption', count=count)}"
    if bands and bands.overflowed:
        caption += f" {say('seeds', 'caption_overflowed', overflowed=bands.overflowed)}"
    ends = {name: _magnitude_text(values[0]) for name, values in (("low", low), ("median", median), ("high", high))}
    sentence = f" {say('seeds', 'alternative', count=count, **ends)}" if bands else ""
    panels = (replace(panel, y=axis, series=(band, *panel.series)),)
    return replace(figure, panels=panels, caption=caption, alternative=figure.alternative + sentence)


def spanning(figures: Sequence[Figure]) -> list[Figure]:
    """The figures on one common range of decades, so that a curve that moves through them moves on a fixed axis.

    The range holds the upper `WIDEST_SPAN` decades of all figures; what falls below leaves the axis.
    """
    axes = [figure.panels[0].y for figure in figures]
    upper = max(axis.upper for axis in axes)
    lower = max(min(axis.lower for axis in axes), upper - WIDEST_SPAN)
    return [_on_range(figure, lower, upper) for figure in figures]


def _on_range(figure: Figure, lower: float, upper: float) -> Figure:
    (panel,) = figure.panels
    return replace(figure, panels=(replace(panel, y=replace(panel.y, lower=lower, upper=upper)),))


def _magnitude_text(log10_value: float) -> str:
    return magnitude(float(log10_value))


def _captions(compared: bool, theory: bool) -> tuple[str, ...]:
    about = "gradients_compared" if compared else "gradients"
    return (about, "linear_theory") if theory else (about,)


def _bands(last: float) -> tuple[Region, ...]:
    """Regions relative to the last step: a thousandth or less has vanished, a thousandfold or more explodes."""
    if not np.isfinite(last):
        return ()
    low, high = last + threshold("vanished_decades"), last + threshold("exploded_decades")
    return (
        Region(say("mark", "healthy"), low, high, "neutral"),
        Region(say("mark", "vanished"), -np.inf, low, "cool"),
        Region(say("mark", "exploding"), high, np.inf, "warm"),
    )


def _exceptions(live: Shown) -> tuple[Region, ...]:
    """Regions for exact zeros and for steps without a gradient, which have no place on a log axis."""
    if live.trace.overflow_step is not None:
        return no_gradient(live.trace)
    flow, T, regions = gradient_flow(live.trace), live.trace.experiment.seq_len, []
    if flow.zero_before:
        label = say("mark", "zero_of", run=live.label) if live.label else say("mark", "zero")
        regions.append(Region(label, 1, flow.zero_before, "zero", of="x"))
    if 0 < flow.from_step < T:
        regions.append(Region(say("mark", "after_loss"), flow.from_step + 1, T, "neutral", of="x"))
    return tuple(regions)


def no_gradient(trace: Trace) -> tuple[Region, ...]:
    """A region over all steps if the forward pass overflowed: then no step has a gradient."""
    if trace.overflow_step is None:
        return ()
    label = say("mark", "no_gradient", step=trace.overflow_step)
    return (Region(label, 1, trace.experiment.seq_len, "not_finite", of="x"),)
