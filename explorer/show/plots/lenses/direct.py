"""The gradient of a layer's output beside the gradient of its states, on one absolute axis."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.direct import DirectAgainstTotal
from explorer.show.plots.lenses.axes import decades_around
from explorer.show.plots.lenses.marks import no_gradient, zeros_at_the_foot, zeros_before
from explorer.show.plots.palette import NEUTRAL, cell_colour
from explorer.show.plots.record import Axis, Figure, Panel, Series
from explorer.show.words import say
from explorer.show.words.numbers import magnitude


def direct_figure(record: DirectAgainstTotal, e: Experiment) -> Figure:
    """Both norms at each step; where the direct one is exactly zero, the foot of the axis is hatched."""
    steps, label = np.arange(1, e.seq_len + 1), say("lens_axis", "state_gradient", state="h")
    panel = no_gradient(label, e.seq_len)
    if record.code == "whole":
        curves = (
            Series(say("lens_mark", "true_total"), steps, record.log10_total, cell_colour(e.cell), "solid", 2.6),
            Series(say("lens_mark", "retained"), steps, record.log10_direct, NEUTRAL, "dash", 2.4),
        )
        axis = Axis(label, *decades_around(np.concatenate([c.values for c in curves])), decades=True)
        foot = zeros_at_the_foot(record.log10_direct, axis, say("lens_mark", "retained_zero"))
        panel = Panel(axis, series=curves, regions=zeros_before(record.log10_total), areas=foot)
    numbers = {
        "heard": record.heard,
        "steps": e.seq_len,
        "direct": magnitude(record.log10_direct[0]),
        "total": magnitude(record.log10_total[0]),
    }
    return Figure(
        "direct",
        say("lens", "direct"),
        say("lens_caption", "direct"),
        say("lens_alternative", "direct", **numbers),
        Axis(say("axis", "step"), 1, e.seq_len),
        (panel,),
        380,
        True,
        True,
    )
