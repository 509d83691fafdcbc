"""Losses by the steps that they reach: the matrix, and single rows of it."""

from __future__ import annotations

import numpy as np

from explorer.experiment import Experiment
from explorer.lenses.reach import Reach
from explorer.plots.lenses.axes import decades_around
from explorer.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.plots.record import Axis, Figure, Heatmap, Panel, Series
from explorer.words import say

REACH_SPAN = 12.0  # decades below the largest entry: what is fainter takes the colour of the end


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
    panel = Panel(Axis(say("axis", "gradient"), *decades_around(values), decades=True), series=tuple(curves))
    alternative = say("lens_alternative", "profile", steps=e.seq_len)
    time = Axis(say("lens_axis", "reached"), 1, norms.shape[1])
    caption = say("lens_caption", "profile")
    return Figure("profile", say("lens", "profile"), caption, alternative, time, (panel,), 320, True, True)
