"""A long product of matrices whose singular values may lie hundreds of decades apart, and far outside of the floats.

The product A = M_n … M_2 M_1 is carried as A Ω = Q · diag(2^e) · U: Ω a fixed orthogonal frame, Q with orthonormal
columns, e integers, the rows of U near 1. Each new matrix costs one QR, and the product is never formed: Benettin,
Galgani, Giorgilli & Strelcyn 1980 for the exponents, Stewart 1997 for the singular values.

A unit that is switched off makes a row or a column exactly zero, and lowers the rank of the product for good. Rounding
would turn the zero into 1e-17, so rows and columns of zeros are removed before the QR: exact zeros stay exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.base.scaling import NO_EXPONENT, exponents
from explorer.base.streams import generator

SAFE_SPAN = 26  # binary digits from the largest to the smallest value, for a plain SVD that is right to 2^-26
SETTLED = 1e-11  # largest cosine between two rows that count as orthogonal
MOST_SWEEPS = 20


def random_frame(size: int) -> np.ndarray:
    """(size, size) orthogonal, always the same: no direction of a product is special to it."""
    return np.linalg.qr(generator(0, "frame").standard_normal((size, size)))[0]


class GradedProduct:
    """The product A so far, at first the identity; `frame` is Q, `rows` is U, `exponent` is e."""

    def __init__(self, size: int) -> None:
        self.frame = random_frame(size)
        self.rows, self.exponent = np.eye(size), np.zeros(size, dtype=int)

    def multiply(self, matrix: np.ndarray) -> None:
        """A ← matrix · A."""
        used_rows, used_columns = matrix.any(axis=1), matrix.any(axis=0) & self.frame.any(axis=1)
        frame = self.frame[used_columns]
        if len(frame) < len(self.rows):
            frame, triangle = np.linalg.qr(frame)
            self._absorb(triangle)
        frame, triangle = np.linalg.qr(matrix[np.ix_(used_rows, used_columns)] @ frame)
        self._absorb(triangle)
        self.frame = np.zeros((len(matrix), len(self.rows)))
        self.frame[used_rows] = frame

    def full_rows(self) -> tuple[np.ndarray, np.ndarray]:
        """U and e with as many rows as the product; the rows lost with its rank are zero."""
        size = len(self.frame)
        rows, exponent = np.zeros((size, self.rows.shape[1])), np.full(size, NO_EXPONENT)
        rows[: len(self.rows)], exponent[: len(self.rows)] = self.rows, self.exponent
        return rows, exponent

    def _absorb(self, triangle: np.ndarray) -> None:
        self.rows, self.exponent = _times(triangle, self.rows, self.exponent)


def _times(factor: np.ndarray, rows: np.ndarray, exponent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """factor · diag(2^exponent) · rows in the same form: (…, m, r), (…, r, n), (…, r) → (…, m, n), (…, m)."""
    term_exponents = np.where(factor == 0, NO_EXPONENT, np.frexp(factor)[1] + exponent[..., None, :])
    top = term_exponents.max(axis=-1, initial=NO_EXPONENT)
    product = np.ldexp(factor, np.where(factor == 0, 0, exponent[..., None, :] - top[..., None])) @ rows
    shift = exponents(np.abs(product).max(axis=-1, initial=0.0))
    empty = shift == NO_EXPONENT
    return np.ldexp(product, -np.where(empty, 0, shift)[..., None]), np.where(empty, NO_EXPONENT, top + shift)


def log10_singular_values(rows: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """log10 of the singular values of diag(2^exponent) · rows, largest first; −inf only for exact zeros.

    Args:
        rows: (n, r, r). exponent: (n, r).
    Returns:
        (n, r).
    """
    top = exponent.max(axis=-1, keepdims=True)
    top = np.where(top == NO_EXPONENT, 0, top)
    values = np.linalg.svd(np.ldexp(rows, np.maximum(exponent - top, -1000)[..., None]), compute_uv=False)
    plain = values[..., -1] > values[..., 0] * 2.0**-SAFE_SPAN
    with np.errstate(divide="ignore"):
        log2 = np.log2(values) + top
    if not plain.all():
        log2[~plain] = _by_jacobi(rows[~plain], exponent[~plain])
    return log2 * np.log10(2.0)


def _by_jacobi(rows: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """log2 of the singular values by one-sided Jacobi: rotate the rows in pairs until all are orthogonal.

    Each value is exact to rounding if the rows, scaled to length 1, are well conditioned (Demmel & Veselić 1992); three
    QRs of the transpose make them so. A row is kept as a unit vector and the log2 of its length.
    """
    for _ in range(3):
        rows, exponent = _sorted(rows, exponent)
        triangle = np.linalg.qr(np.swapaxes(rows, -1, -2))[1]
        identity = np.broadcast_to(np.eye(rows.shape[-2]), triangle.shape)
        rows, exponent = _times(triangle, identity, exponent)
    length = np.linalg.norm(rows, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        log2 = np.where(length > 0, np.log2(length) + exponent, -np.inf)
        rows = np.where(length[..., None] > 0, rows / length[..., None], 0.0)
        for _ in range(MOST_SWEEPS):
            rows, log2 = _sorted(rows, log2)
            oblique = _oblique_pairs(rows)
            if not oblique.any():
                break
            _sweep(rows, log2, oblique)
    return -np.sort(-log2, axis=-1)


def _sorted(rows: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-size, axis=-1)
    return np.take_along_axis(rows, order[..., None], axis=-2), np.take_along_axis(size, order, axis=-1)


def _oblique_pairs(rows: np.ndarray) -> np.ndarray:
    """(r, r) bool: the pairs of rows, the longer one first, that are not yet orthogonal in at least one matrix."""
    return np.triu((np.abs(rows @ np.swapaxes(rows, -1, -2)) > SETTLED).any(axis=0), 1)


def _sweep(rows: np.ndarray, log2: np.ndarray, oblique: np.ndarray) -> None:
    """Rotate each of those pairs once, in place. Few are far apart, since a much shorter row is already orthogonal."""
    for one, other in _rounds(oblique):
        a, b = rows[:, one], rows[:, other]
        cosine = np.vecdot(a, b)
        ratio = np.where(np.isneginf(log2[:, other]), 0.0, np.exp2(log2[:, other] - log2[:, one]))
        z = (ratio * ratio - 1) / (2 * cosine)
        turn = np.where(cosine == 0, 0.0, np.copysign(1.0, z) / (np.abs(z) + np.sqrt(ratio * ratio + z * z)))
        for index, vector in ((one, a - (ratio * ratio * turn)[..., None] * b), (other, b + turn[..., None] * a)):
            length = np.sqrt(np.vecdot(vector, vector))
            rows[:, index] = np.where(length[..., None] > 0, vector / length[..., None], 0.0)
            log2[:, index] += np.log2(length / np.sqrt(1 + (ratio * turn) ** 2))


def _rounds(oblique: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The marked pairs (i, i + d) in rounds, none with the same index twice; pairs of neighbours first."""
    lower, upper = np.nonzero(oblique)
    for d in np.unique(upper - lower):
        first = lower[upper - lower == d]
        for half in (0, 1):
            one = first[first // d % 2 == half]
            if len(one):
                yield one, one + d
