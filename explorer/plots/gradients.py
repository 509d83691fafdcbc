"""The figure that all others support: the gradient norm per step, on a log axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.diagnosis import gradient_flow, threshold
from explorer.linear_theory import rates_at_rest
from explorer.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.scaling import LOG10_2
from explorer.trace import Trace
from explorer.words import say
from explorer.words.numbers import magnitude

LEAST_SPAN = 8.0  # decades: a healthy gradient must not look dramatic because the axis has zoomed in
FLOORS = {dtype: int(np.finfo(dtype).minexp) * LOG10_2 for dtype in ("float32", "float64")}


def gradient_figure(trace: Trace) -> Figure:
    """Every state of every layer of one trace, with the slope that linear theory expects."""
    series = _curves(trace) + _expected(trace)
    return _figure(trace, series, "gradients")


def compared_gradients(traces: Sequence[Trace]) -> Figure:
    """The top layer's h of several traces on one absolute axis."""
    series = []
    for trace, dash in zip(traces, ("solid", "dash", "dot"), strict=False):
        cell = trace.experiment.cell
        norms = trace.log10_state_grad_norm["h"][-1, 1:]
        series.append(_line(say("cell", cell), norms, cell_colour(cell), dash))
    return _figure(traces[0], tuple(series), "gradients_compared")


def _curves(trace: Trace) -> tuple[Series, ...]:
    e, curves = trace.experiment, []
    for name, norms in trace.log10_state_grad_norm.items():
        for layer in reversed(range(e.num_layers)):
            colour = cell_colour(e.cell) if layer == e.num_layers - 1 else OTHERS[e.num_layers - 2 - layer]
            state = say("mark", f"state_{name}")
            label = say("mark", "layer", state=state, layer=layer + 1) if e.num_layers > 1 else state
            curves.append(_line(label, norms[layer, 1:], colour, "solid" if name == "h" else "dash"))
    return tuple(curves)


def _line(label: str, norms: np.ndarray, colour: str, dash: str) -> Series:
    return Series(label, np.arange(1, len(norms) + 1), np.where(np.isfinite(norms), norms, np.nan), colour, dash, 2.5)


def _expected(trace: Trace) -> tuple[Series, ...]:
    """The straight line of linear theory from the last step back, for the top layer."""
    last, rate = trace.log10_state_grad_norm["h"][-1, -1], rates_at_rest(trace)[-1]
    if not (np.isfinite(last) and np.isfinite(rate)):
        return ()
    T = trace.experiment.seq_len
    label = say("mark", "linear", state="h")
    return (Series(label, np.array([1, T]), last + rate * np.array([T - 1.0, 0.0]), NEUTRAL, "dot", 2.0),)


def _figure(trace: Trace, series: tuple[Series, ...], name: str) -> Figure:
    T = trace.experiment.seq_len
    curves = [s for s in series if len(s.steps) > 2]
    lower, upper = _range([s.values for s in curves])
    last = trace.log10_state_grad_norm["h"][-1, -1]
    exceptions = () if name == "gradients_compared" else _exceptions(trace)
    panel = Panel(
        Axis(say("axis", "gradient"), lower, upper, decades=True),
        series=series,
        regions=exceptions or _bands(float(last), lower, upper),
        levels=tuple(Level(say("mark", d), f, "dash") for d, f in FLOORS.items() if lower < f < upper),
    )
    summary = " ".join(
        say("alternative", "curve", name=s.label, last=_named(s.values[-1]), first=_named(s.values[0]), steps=T)
        for s in curves
    )
    return Figure(
        name,
        say("figure", "gradients"),
        say("caption", name),
        say("alternative", "gradients", summary=summary),
        Axis(say("axis", "step"), 1, T),
        (panel,),
        height=330,
        legend=True,
        wide=True,
    )


def _named(log10_value: float) -> str:
    return magnitude(float(log10_value))


def _range(curves: list[np.ndarray]) -> tuple[float, float]:
    """Whole decades around all finite values, and no fewer than `LEAST_SPAN` of them."""
    values = np.concatenate(curves)
    values = values[np.isfinite(values)]
    if not len(values):
        return -LEAST_SPAN, 0.0
    lower, upper = float(values.min()), float(values.max())
    margin = max(0.06 * (upper - lower), (LEAST_SPAN - (upper - lower)) / 2, 0.5)
    return float(np.floor(lower - margin)), float(np.ceil(upper + margin))


def _bands(last: float, lower: float, upper: float) -> tuple[Region, ...]:
    """Relative to the last step: a thousandth and less has vanished, a thousandfold and more explodes."""
    if not np.isfinite(last):
        return ()
    low, high = last + threshold("vanished_decades"), last + threshold("exploded_decades")
    regions = [Region(say("mark", "healthy"), max(low, lower), min(high, upper), "neutral")]
    if low > lower:
        regions.append(Region(say("mark", "vanished"), lower, low, "cool"))
    if high < upper:
        regions.append(Region(say("mark", "exploding"), high, upper, "warm"))
    return tuple(regions)


def _exceptions(trace: Trace) -> tuple[Region, ...]:
    """Exact zeros and steps without a gradient are no places on a log axis: they are marked as what they are."""
    if trace.overflow_step is not None:
        return no_gradient(trace)
    zero_before = gradient_flow(trace).zero_before
    return (Region(say("mark", "zero"), 1, zero_before, "zero", of="x"),) if zero_before else ()


def no_gradient(trace: Trace) -> tuple[Region, ...]:
    """Where the forward pass overflowed there is no gradient at any step."""
    if trace.overflow_step is None:
        return ()
    label = say("mark", "no_gradient", step=trace.overflow_step)
    return (Region(label, 1, trace.experiment.seq_len, "not_finite", of="x"),)
