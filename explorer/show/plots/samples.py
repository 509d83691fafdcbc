"""What a network expected beside what came: a small figure, and an SVG of it that a page redraws cheaply."""

from __future__ import annotations

from html import escape

import numpy as np

from explorer.model.tasks.contract import Curves
from explorer.show.plots.look import LOOK
from explorer.show.plots.palette import NEUTRAL, cell_colour
from explorer.show.plots.record import Axis, Figure, Panel, Series
from explorer.show.words import say
from explorer.show.words.numbers import short

WIDTH, HEIGHT = 640, 110


def sample_figure(curves: Curves, cell: str) -> Figure:
    """What came, dashed and grey, and what was expected, solid in the cell's colour; values not finite leave gaps."""
    T = len(curves.came)
    steps = np.arange(1, T + 1)
    lines = (
        Series(say("training", "came"), steps, curves.came, NEUTRAL, "dash", 2.0),
        Series(say("training", "expected"), steps, curves.expected, cell_colour(cell), "solid", 2.0),
    )
    low, high = float(curves.came.min()), float(curves.came.max())
    margin = 0.25 * (high - low) or 1.0
    error = float(np.sqrt(np.mean((curves.came - curves.expected) ** 2)))
    alternative = say("training_alternative", f"sample_{curves.kind}", error=short(error), steps=T)
    return Figure(
        "sample",
        say("training", "sample_title"),
        say("training_caption", f"sample_{curves.kind}"),
        alternative,
        Axis(say("axis", "step"), 1, T),
        (Panel(Axis("", low - margin, high + margin), series=lines),),
        HEIGHT,
        legend=True,
    )


def as_svg(figure: Figure) -> str:
    """The SVG text of a figure with one panel of lines; values beyond the axis stop at its edge."""
    (panel,) = figure.panels
    lines = "".join(_line(series, figure.x, panel.y) for series in panel.series)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(figure.alternative)}</title>{lines}</svg>"
    )


def _line(series: Series, x: Axis, y: Axis) -> str:
    across = (series.steps - x.lower) / max(1.0, x.upper - x.lower) * WIDTH
    down = (1 - (np.clip(series.values, y.lower, y.upper) - y.lower) / (y.upper - y.lower)) * HEIGHT
    runs = np.split(np.arange(len(down)), np.flatnonzero(~np.isfinite(down)))
    pieces = [[i for i in run if np.isfinite(down[i])] for run in runs]
    return "".join(
        f'<polyline fill="none" {_stroke(series)} points="'
        + " ".join(f"{across[i]:.1f},{down[i]:.1f}" for i in piece)
        + '"/>'
        for piece in pieces
        if len(piece) > 1
    )


def _stroke(series: Series) -> str:
    dash = " ".join(map(str, LOOK.dashes[series.dash])) or "none"
    return f'stroke="{series.colour}" stroke-width="{series.width}" stroke-dasharray="{dash}"'
