"""From a cell's terms to parameter gradients: the sum over all steps, and the norm of each step's own part.

The norm of a step's outer product needs no outer product: with Δ (B, rows) and R (B, columns),
‖Δᵀ R‖² = Σ (Δ Δᵀ) ⊙ (R Rᵀ), two B × B matrices. This form is used where it is cheaper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from explorer.base.backend import Array, Backend
from explorer.base.scaling import LOG10_2, NO_EXPONENT, exponents, lane_peaks, log10, power_of_two, times_power_of_two
from explorer.model.cells.contract import Gradient, Outer, Product, SameAs, Term, Total, transposed

FEW_ELEMENTS = 2**15  # below this the explicit product is cheap, and loses fewer digits than the Gram matrices
Grams = list[tuple[Array, Array]]
"""A cache of (side of a term, its Gram matrices): the terms of several parameters share a side."""


def fold(xp: Any, array: Array) -> Array:
    """(T, K, B, N) → (K, T·B, N): all steps as one long batch per lane; free for a single lane."""
    T, K, B, N = array.shape
    return xp.reshape(xp.permute_dims(array, (1, 0, 2, 3)), (K, T * B, N))


def unfold(xp: Any, array: Array, steps: int) -> Array:
    """(K, T·B, N) → (T, K, B, N)."""
    K, TB, N = array.shape
    return xp.permute_dims(xp.reshape(array, (K, steps, TB // steps, N)), (1, 0, 2, 3))


class WeightGradients:
    """Sums of parameter gradients over chunks of steps, whose terms are mantissas × 2^exponent per lane.

    Attributes:
        log10_step_norms: parameter → (T, K) log10 of the norm of each step's own part; empty without `step_norms`.
    """

    def __init__(self, backend: Backend, steps: int, lanes: int, step_norms: bool = True) -> None:
        self._backend, self._steps, self._lanes, self._wants_norms = backend, steps, lanes, step_norms
        self._sums: dict[str, tuple[Array, np.ndarray]] = {}
        self.log10_step_norms: dict[str, np.ndarray] = {}

    def add(self, gradients: Mapping[str, Gradient], first: int, exponent: np.ndarray) -> None:
        """Add the steps from `first` (0-based) on.

        Args:
            gradients: parameter → its terms, each (n, K, B, ·), or an earlier parameter with the same gradient.
            exponent: (K,) exponent of the terms' left sides.
        """
        grams: Grams = []
        results: dict[str, tuple[Array, np.ndarray | None]] = {}
        for name, terms in gradients.items():
            results[name] = (
                results[terms.name] if isinstance(terms, SameAs) else self._sum_and_norms(terms, exponent, grams)
            )
            total, norms = results[name]
            self._sums[name] = self._running_sum(name, total, exponent)
            if norms is not None:
                norms_by_step = self.log10_step_norms.setdefault(name, np.full((self._steps, self._lanes), -np.inf))
                norms_by_step[first : first + len(norms)] = norms

    def totals(self) -> dict[str, np.ndarray]:
        """Parameter → gradient (K, …) on the host, as plain floats."""
        host = self.scaled_totals()
        return {n: times_power_of_two(a, e.reshape(-1, *[1] * (a.ndim - 1))) for n, (a, e) in host.items()}

    def scaled_totals(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Parameter → mantissas (K, …) on the host, and their exponents (K,)."""
        return {name: (self._backend.to_numpy(total), exponent) for name, (total, exponent) in self._sums.items()}

    def _running_sum(self, name: str, total: Array, exponent: np.ndarray) -> tuple[Array, np.ndarray]:
        if name not in self._sums:
            return total, exponent
        before, before_exponent = self._sums[name]
        top = np.maximum(before_exponent, exponent)
        return self._scaled(before, before_exponent - top) + self._scaled(total, exponent - top), top

    def _scaled(self, array: Array, shift: np.ndarray) -> Array:
        if not shift.any():
            return array
        factor = self._backend.asarray(power_of_two(shift, self._backend.numpy_dtype))
        return array * self._backend.xp.reshape(factor, (-1, *[1] * (array.ndim - 1)))

    def _sum_and_norms(self, terms: list[Term], exponent: np.ndarray, grams: Grams) -> tuple[Array, np.ndarray | None]:
        """The sum over the steps, and the norm of each step's part unless they are left out."""
        norms = self._log10_norms(terms, exponent, grams) if self._wants_norms else None
        return self._sum(terms), norms

    def _sum(self, terms: list[Term]) -> Array:
        xp = self._backend.xp
        blocks = [_sum_over_steps(xp, term) for term in terms]
        return blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1)

    def _log10_norms(self, terms: list[Term], exponent: np.ndarray, grams: Grams) -> np.ndarray:
        """(n, K) log10 of the norm of each step's part, over all blocks together."""
        parts = [self._log10_norm(term, grams) for term in terms]
        if len(parts) == 1:
            return parts[0] + exponent * LOG10_2
        top = np.maximum.reduce(parts)
        top = np.where(np.isfinite(top), top, 0.0)
        squares = np.sum([10.0 ** (2 * (part - top)) for part in parts], axis=0)
        return top + log10(squares) / 2 + exponent * LOG10_2

    def _log10_norm(self, term: Term, grams: Grams) -> np.ndarray:
        backend = self._backend
        squares = backend.to_numpy(_squared_norms(backend.xp, term, grams)).astype(np.float64)
        info, shift = np.finfo(backend.numpy_dtype), np.zeros((), dtype=int)
        if not ((squares > info.tiny * 2.0**64) & (squares < info.max)).all():
            near_one, shift = _near_one(backend, term)
            squares = backend.to_numpy(_squared_norms(backend.xp, near_one, [])).astype(np.float64)
        return log10(np.maximum(squares, 0.0)) / 2 + shift * LOG10_2


def _near_one(backend: Backend, term: Term) -> tuple[Term, np.ndarray]:
    """The term with its sides scaled near 1, and the exponents (n, K) taken out; for squares outside the floats."""
    sides = {field.name: getattr(term, field.name) for field in fields(term)}
    shift = np.zeros((), dtype=int)
    for name, side in sides.items():
        tops = exponents(backend.to_numpy(lane_peaks(backend.xp, side)))
        tops = np.where(tops == NO_EXPONENT, 0, tops)
        sides[name] = side * backend.asarray(power_of_two(-tops, backend.numpy_dtype))[..., None, None]
        shift = shift + tops
    return type(term)(**sides), shift


def _sum_over_steps(xp: Any, term: Term) -> Array:
    match term:
        case Outer(left, right):
            return transposed(fold(xp, left)) @ fold(xp, right)
        case Product(left, right):
            return xp.sum(left * right, axis=(0, 2))
        case Total(left):
            return xp.sum(left, axis=(0, 2))


def _squared_norms(xp: Any, term: Term, grams: Grams) -> Array:
    match term:
        case Outer(left, right):
            B, rows, columns = left.shape[-2], left.shape[-1], right.shape[-1]
            if B * (rows + columns) <= rows * columns and len(left) * rows * columns > FEW_ELEMENTS:
                return xp.sum(_gram(left, grams) * _gram(right, grams), axis=(-2, -1))
            product = transposed(left) @ right
            return xp.sum(product * product, axis=(-2, -1))
        case Product(left, right):
            diagonal = xp.sum(left * right, axis=-2)
            return xp.sum(diagonal * diagonal, axis=-1)
        case Total(left):
            summed = xp.sum(left, axis=-2)
            return xp.sum(summed * summed, axis=-1)


def _gram(side: Array, grams: Grams) -> Array:
    matrix = next((gram for other, gram in grams if other is side), None)
    if matrix is None:
        matrix = side @ transposed(side)
        grams.append((side, matrix))
    return matrix
