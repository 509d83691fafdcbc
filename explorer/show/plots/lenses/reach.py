"""Losses by the steps that they reach: the matrix, one of its rows and one of its columns."""

from __future__ import annotations

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.reach import Reach
from explorer.questions.thresholds import threshold
from explorer.show.plots.lenses.axes import decades_around
from explorer.show.plots.lenses.matrix import matrix_figure
from explorer.show.plots.palette import NEUTRAL, OTHERS, cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Region, Series
from explorer.show.words import say

CONTOUR = OTHERS[4]
CHOSEN = OTHERS[1]  # stands out on the scale from dark blue to yellow


def reach_figure(reach: Reach, loss: int, step: int) -> Figure:
    """The matrix, with a line along the row of the loss at `loss` and one down the column of `step`."""
    last, losses = int(reach.step_edges[-1]) - 1, (reach.loss_edges[0] - 0.5, reach.loss_edges[-1] - 0.5)
    column = Series(say("lens_mark", "column", step=step), np.array([step, step]), np.array(losses), CHOSEN, "dot", 1.5)
    row = Series(say("lens_mark", "row", step=loss), np.array([1, last]), np.array([loss, loss]), CHOSEN, "dash", 1.5)
    several = len(reach.loss_edges) > 2
    contour = thousandth(reach) if several else ()
    captions = ("reach", *(["reach_marks"] if several else []), *(["reach_thousandth"] if contour else []))
    return matrix_figure("reach", reach, lines=(row, column, *contour) if several else (column,), captions=captions)


def thousandth(reach: Reach, state: str = "h") -> tuple[Series, ...]:
    """The line where a thousandth of each loss's gradient is left on its way back; none if none falls so far."""
    horizons = np.array([_horizon(row) for row in reach.log10_norm[state]])
    if np.isnan(horizons).all():
        return ()
    edges = reach.step_edges[np.nan_to_num(horizons).astype(int)] - 0.5
    losses = np.where(np.isnan(horizons), np.nan, _middles(reach.loss_edges))
    return (Series(say("lens_mark", "thousandth"), edges, losses, CONTOUR, "solid", 2.5),)


def _horizon(row: np.ndarray) -> float:
    """The column next to the one where a loss's gradient has first fallen to a thousandth; NaN if it never does."""
    reached = np.flatnonzero(~np.isnan(row))
    if not len(reached) or not np.isfinite(row[reached[-1]]):
        return np.nan
    fallen = np.flatnonzero(row[reached] <= row[reached[-1]] + threshold("vanished_decades"))
    return float(reached[fallen[-1]] + 1) if len(fallen) else np.nan


def reach_row(reach: Reach, trace: Trace, loss: int, state: str = "h") -> Figure:
    """The gradient of one loss at each step, and that of all losses together."""
    row = bin_of(reach.loss_edges, loss)
    values, positions = reach.log10_norm[state][row], _middles(reach.step_edges)
    label = say("lens_mark", "loss_at", step=_steps_of(reach.loss_edges, row))
    total = trace.log10_state_grad_norm[state][-1, 1:]
    curves = (
        Series(label, positions, values, cell_colour(trace.experiment.cell), "solid", 2.4),
        Series(say("lens_mark", "total"), np.arange(1, len(total) + 1), total, NEUTRAL, "dot", 2.0),
    )
    norms = np.concatenate([values, total])
    panel = Panel(
        Axis(say("axis", "gradient"), *decades_around(norms), decades=True),
        series=curves,
        regions=_zeros(values, reach.step_edges),
        levels=_thousandth_level(values),
    )
    return _profile("reach_row", say("lens_axis", "reached"), panel, trace, loss)


def reach_column(reach: Reach, trace: Trace, step: int, state: str = "h") -> Figure:
    """The gradient of each loss at one step, and the norm of their sum."""
    column = bin_of(reach.step_edges, step)
    values, positions = reach.log10_norm[state][:, column], _middles(reach.loss_edges)
    label = say("lens_mark", "reaches", step=_steps_of(reach.step_edges, column))
    total = float(trace.log10_state_grad_norm[state][-1, step])
    panel = Panel(
        Axis(say("axis", "gradient"), *decades_around(np.append(values, total)), decades=True),
        series=(Series(label, positions, values, cell_colour(trace.experiment.cell), "solid", 2.4),),
        levels=(Level(say("lens_mark", "sum", step=step), total, "dot"),) if np.isfinite(total) else (),
    )
    return _profile("reach_column", say("lens_axis", "loss"), panel, trace, step)


def _thousandth_level(row: np.ndarray) -> tuple[Level, ...]:
    """A thousandth of what the loss sends to its own step."""
    sent = row[~np.isnan(row)]
    if not len(sent) or not np.isfinite(sent[-1]):
        return ()
    return (Level(say("lens_mark", "thousandth"), float(sent[-1]) + threshold("vanished_decades"), "dash"),)


def _profile(name: str, label: str, panel: Panel, trace: Trace, step: int) -> Figure:
    T = trace.experiment.seq_len
    alternative = say("lens_alternative", name, step=step, steps=T)
    return Figure(
        name,
        say("lens", name, step=step),
        say("lens_caption", name),
        alternative,
        Axis(label, 1, T),
        (panel,),
        270,
        True,
    )


def bin_of(edges: np.ndarray, step: int) -> int:
    """The index of the bin that holds a step, or of the nearest one; `edges` (n+1,) are those of n bins."""
    return int(np.clip(np.searchsorted(edges, step, side="right") - 1, 0, len(edges) - 2))


def _middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray((edges[:-1] + edges[1:] - 1) / 2)


def _steps_of(edges: np.ndarray, number: int) -> str:
    """ "50", or "4976–5000" where a bin holds several."""
    first, last = int(edges[number]), int(edges[number + 1]) - 1
    return f"{first}" if first == last else f"{first}–{last}"


def _zeros(values: np.ndarray, edges: np.ndarray) -> tuple[Region, ...]:
    """The region of the steps at which nothing at all arrives."""
    zeros = np.flatnonzero(np.isneginf(values))
    if not len(zeros):
        return ()
    return (Region(say("lens_mark", "zero"), int(edges[zeros[0]]), int(edges[zeros[-1] + 1]) - 1, "zero", of="x"),)
