"""One run in several number formats: where each of them leaves the exact curve."""

from __future__ import annotations

import numpy as np

from explorer.base.rounding import FORMATS
from explorer.base.scaling import LOG10_2
from explorer.engine.experiment import Experiment
from explorer.questions.lenses.precision import Precision
from explorer.show.plots.lenses.axes import decades_around
from explorer.show.plots.palette import NEUTRAL, OTHERS
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say
from explorer.show.words.numbers import magnitude

LOOKS = {  # colour, dash, width: the wider formats lie below the narrower ones
    "float64": (OTHERS[5], "longdash", 3.5),
    "float32": (OTHERS[0], "dash", 3.0),
    "bfloat16": (OTHERS[3], "dot", 3.0),
    "float16": (OTHERS[4], "solid", 2.2),
}
BEHIND = 8.0  # width of the exact curve


def precision_figure(runs: Precision, e: Experiment) -> Figure:
    """The norm of ∂L/∂h in each format on top of the exact one; below, the share of entries that are exactly zero."""
    caption, time = say("lens_caption", "precision"), Axis(say("axis", "step"), 1, e.seq_len)
    panels = (_norms(runs, e), _zeros(runs, e)) if runs.formats else (_overflowed_panel(e),)
    formats = ", ".join(
        say("lens_mark", "in_format", format=name, norm=magnitude(float(run.log10_norm["h"][0])))
        for name, run in runs.formats.items()
    )
    exact = magnitude(float(runs.exact["h"][0]))
    alternative = say("lens_alternative", "precision", exact=exact, formats=formats)
    return Figure("precision", say("lens", "precision"), caption, alternative, time, panels, 480, True, True)


def _norms(runs: Precision, e: Experiment) -> Panel:
    steps = np.arange(1, e.seq_len + 1)
    exact = Series(say("lens_mark", "exact"), steps, runs.exact["h"], NEUTRAL, "solid", BEHIND)
    curves = [Series(name, steps, run.log10_norm["h"], *LOOKS[name]) for name, run in runs.formats.items()]
    y = Axis(
        say("axis", "gradient"), *decades_around(np.concatenate([runs.exact["h"], *(c.values for c in curves)])), True
    )
    return Panel(y, series=(exact, *curves), levels=_format_limits(runs), regions=_lost_region(runs, e), share=3.0)


def _zeros(runs: Precision, e: Experiment) -> Panel:
    steps = np.arange(1, e.seq_len + 1)
    curves = tuple(Series(name, steps, run.zero_share, *LOOKS[name]) for name, run in runs.formats.items())
    return Panel(Axis(say("lens_axis", "zeros"), 0.0, 1.0), series=curves)


def _overflowed_panel(e: Experiment) -> Panel:
    region = Region(say("lens_mark", "overflowed"), 1, e.seq_len, "not_finite", of="x")
    return Panel(Axis(say("axis", "gradient"), -8.0, 0.0, decades=True), regions=(region,))


def _format_limits(runs: Precision) -> tuple[Level, ...]:
    """The least and the largest number of each format, divided by the loss scale as the norms are."""
    shift, levels = runs.loss_scale * LOG10_2, []
    for number, name in enumerate(runs.formats):
        ends = {"least_of": FORMATS[name].smallest, "most_of": FORMATS[name].largest}
        side, below = ("left", "right")[number % 2], number == 1  # float32 and bfloat16 end close to each other
        levels += [
            Level(say("lens_mark", key, format=name), end - shift, "dash", side, below) for key, end in ends.items()
        ]
    return tuple(levels)


def _lost_region(runs: Precision, e: Experiment) -> tuple[Region, ...]:
    """The region in which the format that fails first has nothing to draw."""
    stretches = []
    for name, run in runs.formats.items():
        if run.overflow_step is not None:
            stretches.append((e.seq_len, name, "lost_of", "not_finite"))
        elif run.lost_step is not None:
            stretches.append((run.lost_step, name, "lost_of", "not_finite"))
        elif run.silent_step is not None:
            stretches.append((run.silent_step, name, "ends_of", "zero"))
    if not stretches:
        return ()
    last, name, key, look = max(stretches)
    return (Region(say("lens_mark", key, format=name), 1, last, look, of="x"),)
