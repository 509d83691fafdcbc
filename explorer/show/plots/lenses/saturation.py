"""How much slope is left, as a distribution, and the shares of values at an end of their range."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.saturation import LEVELS, Saturation
from explorer.show.plots.palette import GATES_IN_TURN, cell_colour
from explorer.show.plots.record import Axis, Figure, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.lenses import percentage
from explorer.show.words.numbers import short
from explorer.show.words.ways import squashed_label

LINES = {1.0: "dot", 0.9: "dash", 0.5: "solid", 0.1: "longdash", 0.0: "sparse"}  # from top to bottom, as in the legend
MIDDLE = (0.25, 0.75)
DASHES = ("solid", "dash", "dashdot", "longdash")


def slopes_figure(saturation: Saturation, e: Experiment) -> Figure:
    """Quantiles of φ′ at each step, relative to its largest value; a panel for each squashed value."""
    panels = tuple(
        Panel(Axis(squashed_label(name), 0.0, 1.0), series=_slopes(saturation, name, e), regions=_overflow(values))
        for name, values in saturation.quantiles.items()
    )
    means = ", ".join(f"{squashed_label(name)} {short(_mean(values))}" for name, values in saturation.mean.items())
    return Figure(
        "saturation_slopes",
        say("lens", "saturation_slopes"),
        say("lens_caption", "saturation_slopes"),
        say("lens_alternative", "saturation_slopes", means=means, steps=e.seq_len),
        Axis(say("axis", "step"), 1, e.seq_len),
        panels,
        150 + 105 * len(panels),
        True,
        True,
    )


def ends_figure(saturation: Saturation, e: Experiment) -> Figure:
    """Shares at each step: saturated values, gates at 0 and at 1, and slopes that are exactly zero."""
    gaps = _overflow(next(iter(saturation.saturated.values())))
    parts = {"saturated": saturation.saturated, "low": saturation.low, "high": saturation.high, "dead": saturation.dead}
    panels = tuple(
        Panel(Axis(say("lens_axis", f"ends_{key}"), 0.0, 1.0), series=_shares(shares, saturation, e), regions=gaps)
        for key, shares in parts.items()
        if shares
    )
    means = {
        key: ", ".join(f"{squashed_label(name)} {percentage(_mean(values))}" for name, values in parts[key].items())
        for key in ("saturated", "dead")
    }
    return Figure(
        "saturation_ends",
        say("lens", "saturation_ends"),
        say("lens_caption", "saturation_ends"),
        say("lens_alternative", "saturation_ends", **means, steps=e.seq_len),
        Axis(say("axis", "step"), 1, e.seq_len),
        panels,
        240 + 65 * len(panels),
        True,
        True,
    )


def _slopes(saturation: Saturation, name: str, e: Experiment) -> tuple[Series, ...]:
    """Quantiles of the slopes; if all slopes are 0 or 1 quantiles would only jump, so it is the mean alone."""
    values, colour = saturation.quantiles[name], cell_colour(e.cell)
    steps = np.arange(1, len(values) + 1)
    if np.allclose(saturation.mean[name], 1.0 - saturation.dead[name], rtol=0, atol=1e-12, equal_nan=True):
        return (Series(say("lens_mark", "mean_slope"), steps, saturation.mean[name], colour, "solid", 2.4),)
    low, high = (values[:, LEVELS.index(level)] for level in MIDDLE)
    lines = []
    for level, dash in LINES.items():
        label, line = say("lens_mark", f"quantile_{round(100 * level)}"), values[:, LEVELS.index(level)]
        band = {"low": low, "high": high, "width": 2.4} if level == 0.5 else {"width": 1.3}
        lines.append(Series(label, steps, line, colour, dash, **band))
    return tuple(lines)


def _shares(shares: Mapping[str, np.ndarray], saturation: Saturation, e: Experiment) -> tuple[Series, ...]:
    names = list(saturation.saturated)
    return tuple(
        Series(
            squashed_label(name),
            np.arange(1, len(values) + 1),
            values,
            GATES_IN_TURN[names.index(name)] if name != "h" else cell_colour(e.cell),
            DASHES[names.index(name) % len(DASHES)],
        )
        for name, values in shares.items()
    )


def _overflow(values: np.ndarray) -> tuple[Region, ...]:
    """The region from an overflow on."""
    missing = np.flatnonzero(np.isnan(values.reshape(len(values), -1)).any(axis=1))
    if not missing.size:
        return ()
    step = int(missing[0]) + 1
    return (Region(say("mark", "not_finite", step=step), step, len(values), "not_finite", of="x"),)


def _mean(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")
