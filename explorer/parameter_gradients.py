"""From a cell's terms to parameter gradients: the total over all steps, and the norm of each step's own part.

The norm of a step's outer product needs no outer product: with Δ (B, rows) and R (B, columns),
‖Δᵀ R‖² = Σ (Δ Δᵀ) ⊙ (R Rᵀ), two B × B matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.backend import Array, Backend
from explorer.cells.contract import Outer, Product, Term, Total, transposed
from explorer.scaling import LOG10_2, exponents, lane_peaks, log10, power_of_two

DIRECT_BLOCK = 2**22  # elements of one block of explicit per-step products


def fold(xp: Any, array: Array) -> Array:
    """(T, K, B, N) → (K, T·B, N): all steps as one long batch per lane; free for a single lane."""
    T, K, B, N = array.shape
    return xp.reshape(xp.permute_dims(array, (1, 0, 2, 3)), (K, T * B, N))


def unfold(xp: Any, array: Array, steps: int) -> Array:
    """(K, T·B, N) → (T, K, B, N)."""
    K, TB, N = array.shape
    return xp.permute_dims(xp.reshape(array, (K, steps, TB // steps, N)), (1, 0, 2, 3))


def total_gradient(backend: Backend, terms: list[Term], exponent: np.ndarray) -> np.ndarray:
    """Σ over the steps, (K, …) on the host; `exponent` (T, K) belongs to the terms' left sides."""
    xp = backend.xp
    top = exponent.max(axis=0)
    weight = None
    if (exponent != top).any():
        weight = backend.asarray(power_of_two(exponent - top, backend.numpy_dtype))[..., None, None]
    blocks = [_sum_over_steps(xp, term, weight) for term in terms]
    total = backend.to_numpy(blocks[0] if len(blocks) == 1 else xp.concat(blocks, axis=1))
    return np.ldexp(total, top.reshape(-1, *[1] * (total.ndim - 1))) if top.any() else total


def _sum_over_steps(xp: Any, term: Term, weight: Array | None) -> Array:
    left = term.left if weight is None else term.left * weight
    match term:
        case Outer():
            return transposed(fold(xp, left)) @ fold(xp, term.right)
        case Product():
            return xp.sum(left * term.right, axis=(0, 2))
        case Total():
            return xp.sum(left, axis=(0, 2))


def log10_step_norms(backend: Backend, terms: list[Term], exponent: np.ndarray) -> np.ndarray:
    """log10 ‖∂L/∂W through step t alone‖, (T, K); −inf for an exact zero."""
    squares: np.ndarray | float = 0.0
    shift = 0
    for term in terms:
        right_shift = 0
        if not isinstance(term, Total):
            term, right_shift = _near_one(backend, term)
        square = np.maximum(backend.to_numpy(_squared_norms(backend.xp, term)).astype(np.float64), 0.0)
        squares, shift = _add_scaled(squares, shift, square, right_shift)
    return log10(np.asarray(squares)) / 2 + (exponent + shift) * LOG10_2


def _near_one(backend: Backend, term: Outer | Product) -> tuple[Term, np.ndarray | int]:
    """The right side (states, inputs) may have grown to where its square overflows: take its exponent out first."""
    xp = backend.xp
    limit = np.finfo(backend.numpy_dtype).maxexp // 3
    tops = exponents(backend.to_numpy(lane_peaks(xp, term.right)))
    if np.abs(np.where(tops < -limit, 0, tops)).max() < limit:
        return term, 0
    tops = np.where(np.abs(tops) < 10**6, tops, 0)
    scale = backend.asarray(power_of_two(-tops, backend.numpy_dtype))[..., None, None]
    return type(term)(term.left, term.right * scale), tops


def _add_scaled(a: Any, a_shift: Any, b: np.ndarray, b_shift: Any) -> tuple[np.ndarray, Any]:
    """a·2^(2·a_shift) + b·2^(2·b_shift) in the same form."""
    shift = np.maximum(a_shift, b_shift)
    return np.ldexp(a, 2 * (a_shift - shift)) + np.ldexp(b, 2 * (b_shift - shift)), shift


def _squared_norms(xp: Any, term: Term) -> Array:
    match term:
        case Outer(left, right):
            B, rows, columns = left.shape[-2], left.shape[-1], right.shape[-1]
            if B * (rows + columns) <= rows * columns:
                return xp.sum((left @ transposed(left)) * (right @ transposed(right)), axis=(-2, -1))
            return _explicit_squares(xp, left, right)
        case Product(left, right):
            diagonal = xp.sum(left * right, axis=-2)
            return xp.sum(diagonal * diagonal, axis=-1)
        case Total(left):
            summed = xp.sum(left, axis=-2)
            return xp.sum(summed * summed, axis=-1)


def _explicit_squares(xp: Any, left: Array, right: Array) -> Array:
    """For batches wider than the matrix, the products themselves are smaller: made in blocks of steps."""
    T, K = left.shape[:2]
    steps = max(1, DIRECT_BLOCK // (K * left.shape[-1] * right.shape[-1]))
    parts = []
    for t in range(0, T, steps):
        product = transposed(left[t : t + steps]) @ right[t : t + steps]
        parts.append(xp.sum(product * product, axis=(-2, -1)))
    return parts[0] if len(parts) == 1 else xp.concat(parts, axis=0)
