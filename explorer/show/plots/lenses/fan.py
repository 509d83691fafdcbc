"""Singular values of ∂s_T/∂s_t and of single steps, as curves."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.jacobian_fan import JacobianFan
from explorer.show.plots.axes import LEAST_SPAN
from explorer.show.plots.lenses.axes import decades_around
from explorer.show.plots.palette import cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.numbers import magnitude

FAN_DASHES = {0.0: "solid", 0.5: "longdash", 1.0: "dot"}


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
    axis = Axis(label, *decades_around(values), decades=True)
    return Panel(axis, series=tuple(curves), levels=(unit,), regions=_zeros(fan.at, values[:, 0]))


def _zeros(steps: np.ndarray, largest: np.ndarray) -> tuple[Region, ...]:
    """The region of leading steps at which the largest singular value, and so every other, is exactly zero."""
    before = np.cumsum(largest > -np.inf) == 0
    zeros = steps[before & np.isneginf(largest)]
    return (Region(say("mark", "zero"), zeros[0], zeros[-1], "zero", of="x"),) if zeros.size else ()
