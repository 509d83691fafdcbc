"""Figures of a training over its iterations: loss, gradient norms, the waterfall, and how the weights move.

All figures share one axis of iterations. Thousands of iterations are drawn in stretches: losses and shares by their
mean, norms by their maximum, with a band that holds all values of the stretch. So no jump is lost, and none stands for
its neighbours. Of a waterfall each stretch is one recorded column: that of the largest gradient norm before clipping.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.questions.training import Ending, History
from explorer.questions.training.stretches import in_stretches, largest_of_each, stretch_edges
from explorer.show.plots.lenses.matrix import zero_areas
from explorer.show.plots.palette import NEUTRAL
from explorer.show.plots.record import Axis, Figure, Heatmap, Level, Panel, Region, Series
from explorer.show.plots.training_axes import (
    LEAST_DECADES,
    axis_around,
    axis_from_zero,
    axis_of_decades,
    in_decades,
    joined,
    spans_widely,
)
from explorer.show.plots.training_lanes import LaneLook, held_out_looks, looks
from explorer.show.words import say
from explorer.show.words.numbers import magnitude, short

MOST_POINTS = 1000  # of a curve; a line of that many pixels shows no more
MOST_COLUMNS, MOST_ROWS = 300, 100  # of a waterfall
WIDEST = 24.0  # the most decades of the default colour range


def training_figures(
    history: History,
    upto: int | None = None,
    decades: tuple[float, float] | None = None,
    adapting: bool = False,
) -> list[Figure]:
    """All figures of a training, in the order of the page.

    Args:
        upto: the last iteration on the axis; by default that of the record.
        decades: the waterfalls' colour range, log10; by default `waterfall_range`.
        adapting: whether `decades` follow the record, as the default does.
    """
    lanes = range(len(history.experiments))
    return [
        loss_figure(history, upto),
        norms_figure(history, upto),
        *(waterfall_figure(history, lane, upto, decades, adapting) for lane in lanes),
        dynamics_figure(history, upto),
    ]


def loss_figure(history: History, upto: int | None = None) -> Figure:
    """The loss of each batch and on held-out sequences, and the known baseline; a sum over steps is shown as a mean."""
    steps, lane_looks = history.loss_steps, looks(history.experiments)
    batch = [
        _curve(look.label or say("training_mark", "loss"), history.loss[:, lane] / steps, look, 1.6)
        for lane, look in enumerate(lane_looks)
    ]
    held_out = [
        Series(_label("held_out", look), history.eval_at, history.eval_loss[:, lane] / steps, colour, dash, 3.0)
        for lane, (look, (colour, dash)) in enumerate(zip(lane_looks, held_out_looks(lane_looks), strict=True))
        if len(history.eval_at)
    ]
    baseline = float(history.baseline[0]) / steps
    values = np.concatenate([history.loss.ravel() / steps, history.eval_loss.ravel() / steps, [baseline]])
    logarithmic = spans_widely(values)
    if logarithmic:
        batch, held_out = [in_decades(s) for s in batch], [in_decades(s) for s in held_out]
    levels: tuple[Level, ...] = ()
    if np.isfinite(baseline) and baseline > 0:
        place = float(np.log10(baseline)) if logarithmic else baseline
        levels = (Level(say("training_mark", "baseline", value=short(baseline)), place, "dash", "right"),)
    label = say("training_axis", "loss" if steps == 1 else "loss_a_step")
    axis = axis_of_decades(values, label) if logarithmic else axis_from_zero(values, label)
    panel = Panel(axis, series=(*batch, *held_out), levels=levels, regions=_endings(history, upto))
    last = _last(history.loss / steps)
    return _figure("training_loss", history, upto, (panel,), True, loss=last, baseline=short(baseline))


def norms_figure(history: History, upto: int | None = None) -> Figure:
    """The norm of the gradient of all parameters before clipping and after, with the threshold."""
    series: list[Series] = []
    levels: list[Level] = []
    several = sum(e.clip != "none" for e in history.experiments) > 1
    for lane, (e, look) in enumerate(zip(history.experiments, looks(history.experiments), strict=True)):
        before = history.norm_before[:, lane]
        if e.clip == "none":
            label = look.label or say("training_mark", "unclipped")
            series.append(_curve(label, before, replace(look, dash="dash"), 1.6, largest=True))
            continue
        clipped_look = look if several else LaneLook("", look.colour, look.dash)  # an unclipped lane has one curve only
        grey, coloured = replace(look, colour=NEUTRAL, dash="longdash"), replace(look, dash="solid")
        series.append(_curve(_label("before", clipped_look), before, grey, 1.4, largest=True))
        series.append(_curve(_label("after", clipped_look), history.norm_after[:, lane], coloured, 1.8, largest=True))
        if e.clip == "norm":
            label = say("training_mark", "threshold", value=short(e.clip_threshold))
            levels.append(Level(label, float(np.log10(e.clip_threshold)), "dot", "right"))
    series = [in_decades(s) for s in series]
    axis = axis_around(joined(series, *(level.value for level in levels)), say("training_axis", "norm"))
    panel = Panel(axis, series=tuple(series), levels=tuple(levels[:1]), regions=_endings(history, upto))
    return _figure("training_norms", history, upto, (panel,), True, before=_last(history.norm_before))


def waterfall_figure(
    history: History,
    lane: int = 0,
    upto: int | None = None,
    decades: tuple[float, float] | None = None,
    adapting: bool = False,
) -> Figure:
    """log10 ‖∂L/∂h_t‖ of every step (rows, step 1 on top) at every iteration (columns).

    If there are more than `MOST_ROWS` steps, each row shows the largest norm of several; the caption says so.
    """
    indices = shown_iterations(history, lane, MOST_COLUMNS)
    norms = history.log10_state_grad_norm[indices, lane, 1:].T.astype(float)
    steps = len(norms)
    rows, columns = stretch_edges(steps, MOST_ROWS), stretch_edges(history.iterations, MOST_COLUMNS)
    if len(rows) <= steps:
        norms = np.fmax.reduceat(norms, rows[:-1], axis=0)
    row_edges, column_edges = rows + 0.5, columns + 0.5
    lower, upper = decades or waterfall_range(history)
    bar = say("training_axis", "bar")
    heatmap = Heatmap(norms, 1, lower, upper, "gates", row_edges, column_edges, bar)
    look = looks(history.experiments)[lane]
    ending = history.endings[lane]
    regions = () if ending is None else (_region(ending, "", _end(history, upto)),)
    areas = zero_areas(norms, row_edges, column_edges) if norms.size else ()
    axis = Axis(say("training_axis", "step"), row_edges[0], row_edges[-1])
    panel = Panel(axis, look.label, heatmap=heatmap, regions=regions, areas=areas)
    finite = norms[np.isfinite(norms)]
    low, high = (magnitude(float(v)) for v in ((finite.min(), finite.max()) if finite.size else (np.nan, np.nan)))
    name = "waterfall" if lane == 0 else f"waterfall_{lane + 1}"
    figure = _figure(name, history, upto, (panel,), False, low=low, high=high, steps=f"{steps:,}")
    said = _waterfall_caption(columns, rows, adapting or decades is None)
    return replace(figure, caption=" ".join([figure.caption, *said]))


def dynamics_figure(history: History, upto: int | None = None) -> Figure:
    """Spectral radius, saturation, and the size of the updates, below each other."""
    radius, saturation, size = (
        [
            _curve(_label(name, look), getattr(history, name)[:, lane], look, 1.8, largest=name == "update_size")
            for lane, look in enumerate(looks(history.experiments))
        ]
        for name in ("spectral_radius", "saturation", "update_size")
    )
    sizes = [in_decades(series) for series in size]
    unit = (Level("", 1.0, "dot"),)
    panels = (
        Panel(axis_from_zero(joined(radius, 1.0)), say("training_axis", "radius"), series=tuple(radius), levels=unit),
        Panel(Axis("", 0.0, 1.0), say("training_axis", "saturation"), series=tuple(saturation)),
        Panel(axis_around(joined(sizes), ""), say("training_axis", "update"), series=tuple(sizes)),
    )
    numbers = {name: _last(getattr(history, name)) for name in ("spectral_radius", "saturation", "update_size")}
    return _figure("training_dynamics", history, upto, panels, False, **numbers)


def shown_iterations(history: History, lane: int, most: int) -> np.ndarray:
    """(m,) indices of the iterations of a waterfall, at most `most`: in each stretch the one with the largest norm."""
    return largest_of_each(history.norm_before[:, lane], most)


def waterfall_range(history: History) -> tuple[float, float]:
    """(lower, upper), log10: whole decades around all but the outermost norms, at most `WIDEST` of them.

    If any lane has not ended, only such lanes count: a lane that runs away may be at 1e90 for some iterations before
    its end, and would leave its twin in one colour. The iteration in which a lane ended never counts.
    """
    step = max(1, history.iterations // 400)
    lasts = [ending.iteration - 1 if ending else history.iterations for ending in history.endings]
    lanes = [lane for lane, ending in enumerate(history.endings) if ending is None] or range(len(lasts))
    norms = [history.log10_state_grad_norm[: lasts[lane] : step, lane, 1:].ravel() for lane in lanes]
    finite = np.concatenate(norms)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return -8.0, 0.0
    low, high = np.percentile(finite, (0.5, 99.5))
    upper = float(np.ceil(high))
    return min(max(float(np.floor(low)), upper - WIDEST), upper - LEAST_DECADES), upper


def _waterfall_caption(columns: np.ndarray, rows: np.ndarray, adapting: bool) -> list[str]:
    """What a waterfall with these edges leaves out, and whether its colours adapt, in sentences."""
    stretched = {"columns": columns, "rows": rows}
    said = [
        say("training_caption", f"waterfall_{name}", count=f"{edges[1]:,}")
        for name, edges in stretched.items()
        if len(edges) > 1 and edges[1] > 1
    ]
    return [*said, say("training_caption", "waterfall_adapts")] if adapting else said


def _curve(label: str, values: np.ndarray, look: LaneLook, width: float, largest: bool = False) -> Series:
    """One value (n,) for each iteration: where they are many, the mean of each stretch or its largest, with a band.

    A stretch with a value that is not finite has none and leaves a gap in the line; the band holds its other values.
    """
    found = in_stretches(values, MOST_POINTS)
    line = np.where(found.whole, found.high if largest else found.mean, np.nan)
    low, high = (found.low, found.high) if found.width > 1 else (None, None)
    return Series(label, found.middle, line, look.colour, look.dash, width, low, high)


def _label(key: str, look: LaneLook) -> str:
    name = say("training_mark", key)
    return f"{name}, {look.label}" if look.label else name


def _endings(history: History, upto: int | None) -> tuple[Region, ...]:
    """Where lanes ended: hatched to the end of the axis if all have ended, else a mark that covers no other curve."""
    all_ended = all(ending is not None for ending in history.endings)
    return tuple(
        _region(ending, look.label, _end(history, upto)) if all_ended else _mark(ending, look.label)
        for ending, look in zip(history.endings, looks(history.experiments), strict=True)
        if ending is not None
    )


def _mark(ending: Ending, label: str) -> Region:
    text = say("training_mark", "ended", lane=label, iteration=f"{ending.iteration:,}")
    return Region(text, ending.iteration, ending.iteration, "not_finite", "x")


def _region(ending: Ending, label: str, last: int) -> Region:
    key = f"ended_{ending.cause}"
    text = say("training_mark", key, iteration=f"{ending.iteration:,}", step=f"{ending.step:,}")
    return Region(
        f"{label}: {text}" if label else text, ending.iteration, max(last, ending.iteration), "not_finite", "x"
    )


def _end(history: History, upto: int | None) -> int:
    return max(2, history.iterations if upto is None else max(upto, history.iterations))


def _last(values: np.ndarray) -> str:
    """The last recorded value of each lane, as text."""
    if not len(values):
        return say("number", "none")
    recorded = [column[~np.isnan(column)] for column in values.T]
    return ", ".join(short(float(column[-1])) if len(column) else say("number", "not_finite") for column in recorded)


def _figure(
    name: str, history: History, upto: int | None, panels: tuple[Panel, ...], legend: bool, **numbers: object
) -> Figure:
    kind = name.split("_")[0] if name.startswith("waterfall") else name
    caption = say("training_caption", kind)
    if kind != "waterfall" and history.iterations > MOST_POINTS:
        width = stretch_edges(history.iterations, MOST_POINTS)[1]
        caption += " " + say("training_caption", f"{kind}_stretches", count=f"{width:,}")
    alternative = say("training_alternative", kind, iterations=f"{history.iterations:,}", **numbers)
    axis = Axis(say("training_axis", "iteration"), 1, _end(history, upto))
    wide = kind == "training_dynamics" and len(history.experiments) % 2 == 0  # no other figure stands beside it
    return Figure(name, say("training_figure", kind), caption, alternative, axis, panels, 300, legend, wide)
