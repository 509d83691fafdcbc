"""The matrix of losses by steps as a heatmap on two axes of steps, shared by the lenses that draw something on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.questions.lenses.reach import Reach
from explorer.show.plots.record import Area, Axis, Figure, Heatmap, Panel, Series
from explorer.show.words import say
from explorer.show.words.numbers import losses as counted

SPAN = 12.0  # decades below the largest entry; fainter entries take the colour of the end
HEIGHT, STRIP = 480, 190  # pixels: of the whole matrix, and of the single row of a loss at the end


def matrix_figure(
    name: str,
    reach: Reach,
    areas: tuple[Area, ...] = (),
    lines: tuple[Series, ...] = (),
    captions: tuple[str, ...] = (),
    state: str = "h",
) -> Figure:
    """Losses t from top to bottom, the steps k that they reach from left to right; cells with k after t are empty.

    Exact zeros are hatched; that is not the same as fainter than `SPAN` decades.

    Args:
        captions: keys of the sentences of the caption; `name` alone where there are none.
    """
    norms = reach.log10_norm[state]
    finite = norms[np.isfinite(norms)]
    upper = float(np.ceil(finite.max())) if finite.size else 0.0
    rows, columns = reach.loss_edges - 0.5, reach.step_edges - 0.5
    heatmap = Heatmap(
        np.where(np.isneginf(norms), np.nan, norms),
        1,
        upper - SPAN,
        upper,
        "gates",
        rows,
        columns,
        say("lens_axis", "bar"),
    )
    zeros = zero_areas(norms, rows, columns)
    panel = Panel(
        Axis(say("lens_axis", "loss"), rows[0], rows[-1]), heatmap=heatmap, areas=(*zeros, *areas), series=lines
    )
    losses, steps = int(reach.loss_edges[-1] - reach.loss_edges[0]), int(reach.step_edges[-1]) - 1
    alternative = say("lens_alternative", (captions or (name,))[0], losses=counted(losses), steps=steps)
    return Figure(
        name,
        say("lens", name),
        " ".join(say("lens_caption", key) for key in captions or (name,)),
        alternative,
        Axis(say("lens_axis", "reached"), 1, steps),
        (panel,),
        STRIP if losses == 1 else HEIGHT,
        bool(zeros or areas or lines),
    )


def zero_areas(norms: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[Area, ...]:
    """One hatched area over all cells of `norms` (m, n), log10, that are exactly zero; none if there are no such cells.

    `rows` (m+1,) and `columns` (n+1,) are the edges of the cells. Equal rows share their rectangles.
    """
    corners = [
        ((columns[left], columns[right], columns[right], columns[left], np.nan), (rows[top],) * 2 + (rows[bottom],) * 2)
        for top, bottom, left, right in _rectangles(np.isneginf(norms))
    ]
    if not corners:
        return ()
    x = np.concatenate([xs for xs, _ in corners])
    y = np.concatenate([(*ys, np.nan) for _, ys in corners])
    return (Area(say("lens_mark", "zero"), x[:-1], y[:-1], "zero"),)


def _rectangles(mask: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(top, bottom, left, right), the ends exclusive: stretches of equal rows, in them stretches of true columns."""
    starts = [0, *(np.flatnonzero((mask[1:] != mask[:-1]).any(axis=1)) + 1)]
    for top, bottom in zip(starts, [*starts[1:], len(mask)], strict=True):
        change = np.diff(np.concatenate([[False], mask[top], [False]]).astype(int))
        for left, right in zip(np.flatnonzero(change > 0), np.flatnonzero(change < 0), strict=True):
            yield top, bottom, int(left), int(right)
