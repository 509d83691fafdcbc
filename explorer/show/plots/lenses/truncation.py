"""Truncated back-propagation through time: what a window cuts out of the matrix, and what each window leaves."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.reach import Reach
from explorer.questions.lenses.truncation import Truncation
from explorer.show.plots.lenses.matrix import matrix_figure
from explorer.show.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.show.plots.record import Area, Axis, Figure, Panel, Series
from explorer.show.words import say
from explorer.show.words.lenses import share_sentence

CORNERS = 400  # the most steps of the staircase to draw; a picture has fewer rows


def truncation_figure(reach: Reach, window: int, way: str) -> Figure:
    """The matrix with the part that a window of k steps cuts off: the far corner, or one staircase for each chunk."""
    label = say("lens_mark", f"cut_{way}", window=window)
    areas = cut_area(reach, window, way, label)
    return matrix_figure("truncation", reach, areas, captions=("truncation" if areas else "truncation_whole",))


def cut_area(reach: Reach, window: int, way: str, label: str) -> tuple[Area, ...]:
    """All pairs of a loss t and a step k that it no longer reaches, as one polygon; none if it reaches all."""
    first, last = int(reach.loss_edges[0]), int(reach.loss_edges[-1]) - 1
    losses = np.arange(first, last + 1)
    first_reached = losses - window + 1 if way == "sliding" else (losses - 1) // window * window + 1
    last_unreached = np.maximum(first_reached - 1, 0)
    if not last_unreached.any():
        return ()
    starts = np.flatnonzero(np.diff(last_unreached, prepend=0))
    if len(starts) > CORNERS:
        starts = starts[np.unique(np.linspace(0, len(starts) - 1, CORNERS).round().astype(int))]
    tops = losses[starts] - 0.5
    bottoms = np.append(tops[1:], last + 0.5)
    edge_x, edge_y = np.repeat(last_unreached[starts] + 0.5, 2), np.stack([tops, bottoms], axis=1).ravel()
    return (Area(label, np.r_[0.5, edge_x, 0.5, 0.5], np.r_[tops[0], edge_y, last + 0.5, tops[0]], "cut"),)


def share_figure(truncation: Truncation, e: Experiment, window: int) -> Figure:
    """Share of the gradient's norm and cosine of its direction against the window; `window` is marked."""
    share, cosine = truncation.total_share, truncation.total_cosine
    values = np.concatenate([share, cosine])
    finite = values[np.isfinite(values)]
    lower, upper = min(0.0, finite.min(initial=0.0)), max(1.0, finite.max(initial=1.0))
    curves = (
        Series(say("lens_mark", "share"), truncation.windows, share, cell_colour(e.cell), "solid", 2.4),
        Series(say("lens_mark", "cosine"), truncation.windows, cosine, OTHERS[1], "dash", 2.2),
        Series(
            say("lens_mark", "window", window=window),
            np.array([window, window]),
            np.array([np.floor(lower), upper * 1.05]),
            NEUTRAL,
            "dot",
            1.5,
        ),
    )
    panel = Panel(Axis(say("lens_axis", "share"), np.floor(lower), float(upper * 1.05)), series=curves)
    found = share_sentence(truncation, window).replace("**", "")
    alternative = say("lens_alternative", "truncation_share", found=found)
    axis = Axis(say("lens_axis", "window"), -0.04, float(np.log10(e.seq_len)) + 0.04, decades=True)
    caption = say("lens_caption", "truncation_share")
    return Figure("truncation_share", say("lens", "truncation_share"), caption, alternative, axis, (panel,), 300, True)
