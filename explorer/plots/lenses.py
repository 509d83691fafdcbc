"""What the lenses see, as figures: each a function of one lens's record."""

from __future__ import annotations

import numpy as np

from explorer.experiment import Experiment
from explorer.lenses.jacobian_fan import JacobianFan
from explorer.lenses.lyapunov import Lyapunov
from explorer.lenses.reach import Reach
from explorer.plots.gradients import LEAST_SPAN
from explorer.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.plots.record import Axis, Figure, Heatmap, Level, Panel, Region, Series
from explorer.words import say
from explorer.words.numbers import magnitude

FAN_DASHES = {0.0: "solid", 0.5: "longdash", 1.0: "dot"}
REACH_SPAN = 12.0  # decades below the largest entry: what is fainter takes the colour of the end


def fan_figure(fan: JacobianFan, e: Experiment) -> Figure:
    """Largest, median and smallest singular value of ∂s_T/∂s_t; below, those of single steps."""
    panels = (
        _fan_panel(fan, fan.log10_to_end, e, say("lens_axis", "to_end")),
        _fan_panel(fan, fan.log10_step, e, say("lens_axis", "step")),
    )
    first = {share: float(fan.log10_to_end[0, i]) for i, share in enumerate(fan.shares)}
    alternative = say(
        "lens_alternative",
        "fan",
        largest=magnitude(first[0.0]),
        median=magnitude(first[0.5]),
        smallest=magnitude(first[1.0]),
        steps=e.seq_len,
    )
    time = Axis(say("axis", "step"), 0, e.seq_len)
    return Figure("fan", say("lens", "fan"), say("lens_caption", "fan"), alternative, time, panels, 460, True, True)


def _fan_panel(fan: JacobianFan, values: np.ndarray, e: Experiment, label: str) -> Panel:
    curves = []
    for share, dash in FAN_DASHES.items():
        column = int(np.argmin(np.abs(fan.shares - share)))
        name = say("lens_mark", f"share_{share:g}".replace(".", "_"))
        curves.append(Series(name, fan.at, values[:, column], cell_colour(e.cell), dash, 2.2))
    if fan.code == "overflowed":
        region = Region(say("lens_mark", "overflowed"), 0, e.seq_len, "not_finite", of="x")
        return Panel(Axis(label, -LEAST_SPAN, 0.0, decades=True), regions=(region,))
    unit = Level(say("lens_mark", "unit"), 0.0, "dash")
    return Panel(Axis(label, *_range(values), decades=True), series=tuple(curves), levels=(unit,))


def spectrum_figure(spectrum: Lyapunov, e: Experiment) -> Figure:
    """The exponents in descending order, with the slope of the gradient beside the first."""
    finite = np.where(np.isfinite(spectrum.exponents), spectrum.exponents, np.nan)
    number = np.arange(1, len(finite) + 1)
    marks = [Level(say("lens_mark", "neutral"), 0.0, "dash")]
    if np.isfinite(spectrum.gradient_slope):
        marks.append(Level(say("lens_mark", "slope"), spectrum.gradient_slope, "dot", side="right", below=True))
    shown = [*finite[np.isfinite(finite)], *(mark.value for mark in marks)]
    lower, upper = float(np.floor(min(shown) - 0.1)), float(np.ceil(max(shown) + 0.1))
    dead = int(np.isneginf(spectrum.exponents).sum())
    regions = () if not dead else (_dead(dead, len(finite)),)
    curve = Series(say("lens_mark", "exponents"), number, finite, cell_colour(e.cell), "solid", 2.2)
    panel = Panel(
        Axis(say("lens_axis", "exponent"), lower, upper), series=(curve,), levels=tuple(marks), regions=regions
    )
    first = f"{spectrum.exponents[0]:.3f}".replace("-", "−")
    alternative = say("lens_alternative", "lyapunov", first=first, dimension=f"{spectrum.dimension:.1f}", dead=dead)
    axis = Axis(say("lens_axis", "number"), 1, len(finite))
    caption = say("lens_caption", "lyapunov")
    return Figure("lyapunov", say("lens", "lyapunov"), caption, alternative, axis, (panel,), 360, True, True)


def _dead(count: int, of: int) -> Region:
    return Region(say("lens_mark", "dead", count=count), of - count + 1, of, "zero", of="x")


def reach_figure(seen: Reach, e: Experiment, state: str = "h") -> Figure:
    """The losses (rows) by the steps that they reach (columns); its lower right triangle does not exist."""
    norms = seen.log10_norm[state]
    finite = norms[np.isfinite(norms)]
    upper = float(np.ceil(finite.max())) if finite.size else 0.0
    drawn = np.where(np.isneginf(norms), upper - REACH_SPAN, norms)
    rows = len(norms)
    losses = Axis(say("lens_axis", "loss"), 0.5, rows + 0.5)
    heatmap = Heatmap(drawn, 1, upper - REACH_SPAN, upper, "gates")
    alternative = say("lens_alternative", "reach", losses=rows, steps=e.seq_len)
    time = Axis(say("lens_axis", "reached"), 1, norms.shape[1])
    panel = Panel(losses, heatmap=heatmap)
    caption = say("lens_caption", "reach")
    return Figure("reach", say("lens", "reach"), caption, alternative, time, (panel,), 480, False, True)


def reach_profile(seen: Reach, e: Experiment, state: str = "h") -> Figure:
    """Of the last loss and of one in the middle: what arrives at each step; and the largest of all losses."""
    norms = seen.log10_norm[state]
    rows = sorted({len(norms) // 2, len(norms) - 1})
    steps = np.arange(1, norms.shape[1] + 1)
    curves = [
        Series(say("lens_mark", "loss_at", step=int(seen.loss_edges[row])), steps, norms[row], colour, dash, 2.2)
        for row, colour, dash in zip(rows, (OTHERS[1], cell_colour(e.cell)), ("dash", "solid"), strict=False)
    ]
    largest = np.fmax.reduce(norms, axis=0)
    curves.append(Series(say("lens_mark", "largest"), steps, largest, NEUTRAL, "dot", 2.0))
    values = np.concatenate([curve.values for curve in curves])
    panel = Panel(Axis(say("axis", "gradient"), *_range(values), decades=True), series=tuple(curves))
    alternative = say("lens_alternative", "profile", steps=e.seq_len)
    time = Axis(say("lens_axis", "reached"), 1, norms.shape[1])
    caption = say("lens_caption", "profile")
    return Figure("profile", say("lens", "profile"), caption, alternative, time, (panel,), 320, True, True)


def _range(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -LEAST_SPAN, 0.0
    lower, upper = float(finite.min()), float(finite.max())
    margin = max(0.06 * (upper - lower), (LEAST_SPAN / 2 - (upper - lower)) / 2, 0.25)
    return float(np.floor(lower - margin)), float(np.ceil(upper + margin))
