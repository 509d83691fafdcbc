"""The Lyapunov spectrum: the rate per step at which a small change of the states grows, in each direction.

A frame of orthonormal directions is carried along the trajectory by the step Jacobians and made orthonormal again by
QR at every step; the exponents are the means of ln |R_ii| (Benettin, Galgani, Giorgilli & Strelcyn 1980; on recurrent
networks Engelken, Wolf & Abbott 2023, Vogt, Puelma Touzel, Shlizerman & Lajoie 2022). The gradient is pulled back
through the same Jacobians, transposed, so far from the loss its norm changes by λ₁ per step too: the record holds both,
as natural logarithms per step.

The exponents are those of this run's T steps and inputs; they approach the network's own as 1/T. A direction that one
step shrinks by more than 1e16 relative to the others is lost in rounding, and reads ≈ −37 or above instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function
from explorer.engine.trace import Trace
from explorer.questions.lenses.graded import random_frame
from explorer.questions.lenses.linear_steps import LinearSteps, check_index
from explorer.questions.lenses.step_jacobians import jacobian_stretches

ROUNDING = 1e-12  # nats per step: the rounding error of an exponent that is zero, after sums over many steps


@dataclass(frozen=True, eq=False)
class Lyapunov:
    """One layer along one sequence; rates are natural logarithms per step.

    Attributes:
        code: ``whole``, or ``overflowed``: the forward pass left the floats, and all rates and the dimension are NaN.
        exponents: (S·H,) λ₁ ≥ λ₂ ≥ …; −inf for each direction that some step maps to exactly zero (a dead unit).
        dimension: the Kaplan–Yorke dimension of the set on which the states end up: 0 where every change dies out, S·H
            where none has to.
        gradient_slope: slope of ln ‖∂L/∂h_t‖ (all sequences) per step *back*, by least squares, without `warm_up`
            steps at either end; compare it with λ₁. −inf where the gradient is exactly zero at one of these steps. With
            a loss at every step it measures the sum of many gradients, which need not follow λ₁.
        warm_up: number of first steps, which only turn the frame. steps: number of steps that are averaged.
    """

    code: str
    exponents: np.ndarray
    dimension: float
    gradient_slope: float
    warm_up: int
    steps: int


@long_function
def lyapunov(trace: Trace, layer: int = -1, sequence: int = 0, warm_up: int | None = None) -> Work[Lyapunov]:
    """The whole spectrum of one layer along one sequence; `warm_up` is by default a tenth of the steps.

    Raises:
        ExplorerError: there is no such layer or sequence, or the warm-up leaves no step.
    """
    T, size = trace.experiment.seq_len, LinearSteps(trace, layer, sequence).size
    warm_up = T // 10 if warm_up is None else warm_up
    check_index("warm_up", warm_up, 0, T - 1)
    if trace.overflow_step is not None:
        return Lyapunov("overflowed", np.full(size, np.nan), np.nan, np.nan, warm_up, T - warm_up)
    frame, sums = random_frame(size), np.zeros(size)
    for first, jacobians in jacobian_stretches(trace, layer, sequence):
        for t, jacobian in enumerate(jacobians, start=first):
            frame, growth = _next_frame(jacobian, frame)
            sums[: len(growth)] += growth if t >= warm_up else np.where(np.isneginf(growth), growth, 0.0)
            sums[len(growth) :] = -np.inf
        yield (first + len(jacobians)) / T
    exponents = -np.sort(-sums / (T - warm_up))
    norms = trace.log10_state_grad_norm["h"][layer]
    return Lyapunov("whole", exponents, kaplan_yorke(exponents), _slope_back(norms, warm_up), warm_up, T - warm_up)


def _next_frame(jacobian: np.ndarray, frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The frame one step later, and ln |R_ii|; both without the directions that are lost.

    Rows and columns that are exactly zero tell how many are lost, and the last ones are dropped: the initial frame is
    random, so its first k directions always span the k that grow most.
    """
    rows, columns = jacobian.any(axis=1), jacobian.any(axis=0) & frame.any(axis=1)
    rank = min(frame.shape[1], np.count_nonzero(rows), np.count_nonzero(columns))
    next_frame = np.zeros((len(frame), rank))
    next_frame[rows], triangle = np.linalg.qr(jacobian[np.ix_(rows, columns)] @ frame[columns, :rank])
    with np.errstate(divide="ignore"):
        return next_frame, np.log(np.abs(np.diag(triangle)))


def kaplan_yorke(exponents: np.ndarray) -> float:
    """Kaplan–Yorke dimension of descending `exponents`: k + (λ₁ + … + λ_k) / |λ_{k+1}|, k the largest with a sum ≥ 0.

    A sum that is zero but for rounding, as a rotation's, counts as zero.
    """
    sums = np.cumsum(exponents)
    k = int(np.count_nonzero(sums >= -ROUNDING))
    if k in (0, len(exponents)):
        return float(k)
    return float(k + max(0.0, sums[k - 1]) / -exponents[k])


def _slope_back(log10_norms: np.ndarray, margin: int) -> float:
    """Least-squares slope of ln(norm) against steps back, without `margin` steps at either end if three remain."""
    if len(log10_norms) - 2 * margin < 3:
        margin = 0
    norms = np.log(10) * log10_norms[margin : len(log10_norms) - margin]
    if np.isneginf(norms).any():
        return -np.inf
    back = -np.arange(len(norms), dtype=float)
    back -= back.mean()
    return float(back @ (norms - norms.mean()) / (back @ back))
