"""The fan: the singular values of ∂s_T/∂s_t against t, beside those of each single step, s the states side by side.

A small change at step t grows on its way to the end by at most the largest and at least the smallest value. A narrow
fan treats all directions alike ("dynamical isometry"; Saxe, McClelland & Ganguli 2014); a fan that opens loses most
of them, even where its upper edge stays level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.backend import one_blas_thread
from explorer.base.long_work import Work, long_function, part_of
from explorer.engine.trace import Trace
from explorer.questions.lenses.graded import GradedProduct, log10_singular_values
from explorer.questions.lenses.linear_steps import WIDE, LinearSteps
from explorer.questions.lenses.step_jacobians import jacobian_stretches, readable_steps

GROUP = 8  # large matrices whose singular values are computed in one call
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, eq=False)
class JacobianFan:
    """Singular values of one layer along one sequence.

    Attributes:
        code: ``whole``, or ``overflowed``: the end is not finite, so there is no ∂s_T/∂s_t.
        at: (n,) the steps t, ascending from 0, the initial state, to T.
        shares: (m,) the place of each column among the singular values in descending order: 0 the largest, 0.5 the
            median, 1 the smallest. A column is the nearest of the values, not a mean of two.
        log10_to_end: (n, m) of ∂s_T/∂s_t; 0 at T. −inf for an exact zero only, NaN where it does not exist.
        log10_step: (n, m) of the single step ∂s_t/∂s_{t−1}; NaN at t = 0, which has no step before it.
    """

    code: str
    at: np.ndarray
    shares: np.ndarray
    log10_to_end: np.ndarray
    log10_step: np.ndarray


@long_function
def jacobian_fan(
    trace: Trace,
    layer: int = -1,
    sequence: int = 0,
    points: int = 101,
    shares: Sequence[float] | None = SHARES,
) -> Work[JacobianFan]:
    """The fan at about `points` steps, evenly spread from 0 to T; all singular values where `shares` is None.

    Raises:
        ExplorerError: there is no such layer or sequence.
    """
    T = trace.experiment.seq_len
    at = np.unique(np.linspace(0, T, max(2, points)).round().astype(int))
    size = LinearSteps(trace, layer, sequence).size
    columns = np.linspace(0, 1, size) if shares is None else np.asarray(shares, dtype=float)
    column_indices = np.round(columns * (size - 1)).astype(int)
    steps = set(at.tolist())
    each_step = yield from part_of(_values(_single_steps(trace, layer, sequence, steps), at, size), 0.0, 0.5)
    to_end = yield from part_of(_values(_products(trace, layer, sequence, steps), at, size), 0.5, 1.0)
    code = "whole" if trace.overflow_step is None else "overflowed"
    return JacobianFan(code, at, columns, to_end[:, column_indices], each_step[:, column_indices])


Rows = tuple[int, np.ndarray, np.ndarray]  # a step with the rows and exponents of a graded product
Walk = Iterator[Rows | float]  # rows, and between them the share of the work that is done


def _products(trace: Trace, layer: int, sequence: int, steps: set[int]) -> Walk:
    """(∂s_T/∂s_t)ᵀ at `steps`, from T back; nothing where the end is not finite."""
    if trace.overflow_step is not None:
        return
    T, product = trace.experiment.seq_len, None
    for first, jacobians in jacobian_stretches(trace, layer, sequence, backwards=True):
        if product is None:
            product = GradedProduct(jacobians.shape[-1])
            yield T, *product.full_rows()
        for t in range(first + len(jacobians) - 1, first - 1, -1):
            product.multiply(jacobians[t - first].T)
            if t in steps:
                yield t, *product.full_rows()
        yield 1 - first / T


def _single_steps(trace: Trace, layer: int, sequence: int, steps: set[int]) -> Walk:
    """∂s_t/∂s_{t−1} at those of `steps` that have one."""
    T, readable = trace.experiment.seq_len, readable_steps(trace)
    for first, jacobians in jacobian_stretches(trace, layer, sequence):
        for t in sorted(steps & set(range(first + 1, min(first + len(jacobians), readable) + 1))):
            product = GradedProduct(jacobians.shape[-1])
            product.multiply(jacobians[t - first - 1])
            yield t, *product.full_rows()
        yield (first + len(jacobians)) / T


def _values(walk: Walk, at: np.ndarray, size: int) -> Work[np.ndarray]:
    """(n, S·H) log10 of the singular values at the steps `at`; NaN where there are none."""
    values, waiting = np.full((len(at), size), np.nan), list[Rows]()
    while (share := _fill_to_next_share(values, walk, at, waiting)) is not None:
        yield share
    return values


def _fill_to_next_share(values: np.ndarray, walk: Walk, at: np.ndarray, waiting: list[Rows]) -> float | None:
    """Go on to the walk's next share, which is returned; None at its end, when no rows are `waiting` any more.

    The values of a group of steps are computed in one call, with one BLAS thread: for matrices of this size more
    threads cost time.
    """
    group_size = max(GROUP, WIDE // values.shape[1] ** 2)
    with one_blas_thread():
        for item in walk:
            if isinstance(item, float):
                return item
            waiting.append(item)
            if len(waiting) == group_size:
                _fill(values, at, waiting)
        if waiting:
            _fill(values, at, waiting)
    return None


def _fill(values: np.ndarray, at: np.ndarray, waiting: list[Rows]) -> None:
    steps, matrices, exponents = zip(*waiting, strict=True)
    values[np.searchsorted(at, steps)] = log10_singular_values(np.stack(matrices), np.stack(exponents))
    waiting.clear()
