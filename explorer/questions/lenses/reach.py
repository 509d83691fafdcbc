"""Reach: how much of each loss arrives at each step, ‖∂ℓ_t/∂h_k‖ for all t and all k ≤ t.

The trace's ∂L/∂h_k is the sum of a column: where it is level, near losses may still send much and far ones nothing.
Here every loss is a lane of its own, and all of them walk back together (`lanes`). ℓ_t is step t's share of the loss L,
with the factor 1/B.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import raise_all
from explorer.base.long_work import Work, long_function
from explorer.base.scaling import times_power_of_two
from explorer.engine.experiment import memory_errors
from explorer.engine.trace import Trace
from explorer.questions.lenses.lanes import STRETCH, Arrivals, Back, Lanes
from explorer.questions.lenses.linear_steps import WIDE, LinearSteps, backwards, check_index

BINS = 500


@dataclass(frozen=True, eq=False)
class Reach:
    """The losses' gradients at the states of one layer, each on its own.

    Attributes:
        code: ``whole``, or ``overflowed``: there are no gradients, and all norms are NaN.
        loss_edges: (n+1,) row i holds the losses at the steps t with loss_edges[i] ≤ t < loss_edges[i+1].
        step_edges: (m+1,) column j holds the steps k with step_edges[j] ≤ k < step_edges[j+1].
        log10_norm: state name → (n, m): log10 ‖∂ℓ_t/∂s_k‖ over all sequences and units; where a bin holds more than
            one pair, the largest of them, so that no path is hidden. −inf where all are exactly zero, NaN where k is
            after t.
    """

    code: str
    loss_edges: np.ndarray
    step_edges: np.ndarray
    log10_norm: Mapping[str, np.ndarray]


@long_function
def reach(trace: Trace, layer: int = -1, bins: int = BINS) -> Work[Reach]:
    """The matrix of norms in at most `bins` × `bins` cells; its rows are the steps with a loss, all or the last alone.

    Raises:
        ExplorerError: there is no such layer.
    """
    steps, T = LinearSteps(trace, layer), trace.experiment.seq_len
    first = T - len(trace.output_grads) + 1
    loss_edges, step_edges = _edges(first, T + 1, bins), _edges(1, T + 1, bins)
    shape = len(step_edges) - 1, len(loss_edges) - 1
    largest = {name: np.full(shape, np.nan) for name in steps.names}  # filled step by step, so the steps come first
    if trace.overflow_step is None:
        pairs_done, pairs = 0, (first + T) * (T - first + 1) / 2
        for rows in _row_groups(loss_edges, trace):
            edges = loss_edges[rows.start : rows.stop + 1]
            for t, back, count in _walk(trace, layer, int(edges[0]), int(edges[-1])):
                column = int(np.searchsorted(step_edges, t, side="right")) - 1
                for name, matrix in largest.items():
                    _merge(matrix[column, rows], back.log10_norms(0, name)[:count][::-1], edges)
                pairs_done += count
                if t % STRETCH == 1:
                    yield pairs_done / pairs
    code = "whole" if trace.overflow_step is None else "overflowed"
    return Reach(code, loss_edges, step_edges, {name: matrix.T for name, matrix in largest.items()})


def reach_vectors(trace: Trace, layer: int = -1) -> dict[str, np.ndarray]:
    """State name → (n, T, B, H): ∂ℓ_t/∂s_k itself for each of the n losses, as plain floats; 0 where k is after t.

    Summed over the losses they are the trace's `state_grads` at the steps 1 to T.

    Raises:
        ExplorerError: there is no such layer, or the vectors exceed the memory budget; `reach` never does.
    """
    steps, e = LinearSteps(trace, layer), trace.experiment
    n, T = len(trace.output_grads), e.seq_len
    shape = (n, T, e.batch_size, e.hidden_size)
    raise_all(memory_errors(8 * len(steps.names) * int(np.prod(shape)), e))
    if trace.overflow_step is not None:
        return {name: np.full(shape, np.nan) for name in steps.names}
    vectors = {name: np.zeros(shape) for name in steps.names}
    for t, back, count in _walk(trace, layer, T - n + 1, T + 1):
        for name, target in vectors.items():
            lanes = back.totals[0][name][:, :count].swapaxes(0, 1)
            target[n - count :, t - 1] = times_power_of_two(lanes, back.exponent[:count, None, None])[::-1]
    return vectors


@dataclass(frozen=True)
class FarPart:
    """The gradient that the losses far after a step send to it together, beside the gradient of all losses.

    Attributes:
        code: ``whole``; ``overflowed`` (no gradients: both norms are NaN); ``none`` (no loss is so far away).
        state: s. step: k. apart: a loss is far if it is more than so many steps after k.
        losses: how many losses send a gradient. last_loss: the step of the last one.
        log10_total: log10 ‖∂L/∂s_k‖. log10_far: the same for the sum of the far losses alone; −inf for an exact zero.
    """

    code: str
    state: str
    step: int
    apart: int
    losses: int
    last_loss: int
    log10_total: float
    log10_far: float


def far_part(trace: Trace, step: int, apart: int, layer: int = -1, state: str = "h") -> FarPart:
    """Exact, by two lanes: one receives all losses, the other only those more than `apart` steps after `step`.

    Raises:
        ExplorerError: there is no such layer or step.
    """
    T = LinearSteps(trace, layer).steps
    check_index("step", step, 1, T)
    if trace.overflow_step is not None:
        return FarPart("overflowed", state, step, apart, 0, T, np.nan, np.nan)
    lanes, arrivals = Lanes(trace, layer, count=2), Arrivals.of(trace)
    for start, stop in backwards(T, STRETCH):
        with lanes.backend.computing():
            rows = [part.rows(2) for part in lanes.stretches(start, stop)]
            for t in range(stop, max(start, step - 1), -1):
                if t > arrivals.first:
                    i = t - 1 - arrivals.first
                    receivers = slice(0, 2 if t > step + apart else 1)
                    lanes.arrive(arrivals.mantissas[i], int(arrivals.exponent[i]), receivers)
                norms = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows]).log10_norms(0, state)
        if start < step:
            break
    code, losses = "none" if step + apart >= trace.last_loss else "whole", len(trace.loss_steps)
    return FarPart(code, state, step, apart, losses, trace.last_loss, float(norms[0]), float(norms[1]))


def _walk(trace: Trace, layer: int, first_loss: int, after_last: int) -> Iterator[tuple[int, Back, int]]:
    """Walk the losses at the steps `first_loss` to `after_last` − 1 back to step 1. Yields t, the step back, and the
    number of lanes that carry a loss by then; the first lane is the last loss. Lanes open a stretch at a time."""
    lanes, arrivals = Lanes(trace, layer), Arrivals.of(trace)
    for start, stop in backwards(after_last - 1, STRETCH):
        new_lanes = after_last - max(start + 1, first_loss) - len(lanes.exponent)
        with lanes.backend.computing():
            if new_lanes > 0:
                lanes.open(new_lanes)
            rows = [part.rows(len(lanes.exponent)) for part in lanes.stretches(start, stop)]
        for t in range(stop, start, -1):
            with lanes.backend.computing():
                if t >= first_loss:
                    i = t - 1 - arrivals.first
                    lane = after_last - 1 - t
                    lanes.arrive(arrivals.mantissas[i], int(arrivals.exponent[i]), slice(lane, lane + 1))
                back = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows])
            yield t, back, after_last - max(t, first_loss)


def _merge(largest: np.ndarray, values: np.ndarray, edges: np.ndarray) -> None:
    """Merge `values`, one for each loss up to the last edge, into the rows between `edges`; the larger one stays."""
    lowest = edges[-1] - len(values)
    row = int(np.searchsorted(edges, lowest, side="right")) - 1
    starts = np.maximum(edges[row:-1] - lowest, 0)
    largest[row:] = np.fmax(largest[row:], np.fmax.reduceat(values, starts))


def _edges(first: int, after_last: int, bins: int) -> np.ndarray:
    """The edges of at most `bins` ranges of whole steps, as equal as possible."""
    return np.linspace(first, after_last, min(bins, after_last - first) + 1).round().astype(int)


def _row_groups(edges: np.ndarray, trace: Trace) -> Iterator[slice]:
    """Groups of rows whose losses are few enough to be walked together; the last ones first."""
    e = trace.experiment
    together = max(STRETCH, WIDE // (e.batch_size * e.hidden_size))
    stop = len(edges) - 1
    while stop > 0:
        start = min(int(np.searchsorted(edges, edges[stop] - together)), stop - 1)
        yield slice(start, stop)
        stop = start
