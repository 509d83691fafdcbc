"""Numbers as mantissa × 2^exponent per lane, so that a norm of 1e-900 stays a number.

The exponents live on the host as NumPy integers; only the mantissas are on the device.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.base.backend import Array

LOG10_2 = float(np.log10(2.0))
NO_EXPONENT = -(2**30)  # the exponent of 0, ±∞ and NaN: below every other


def lane_peaks(xp: Any, array: Array) -> Array:
    """The largest magnitude per leading index: (…, B, N) → (…)."""
    return xp.max(xp.abs(array), axis=(-2, -1))


def exponents(peaks: np.ndarray) -> np.ndarray:
    """The integer e of each peak = m · 2^e with ½ ≤ m < 1; `NO_EXPONENT` where the peak is zero or not finite."""
    usable = np.isfinite(peaks) & (peaks > 0)
    return np.where(usable, np.frexp(np.where(usable, peaks, 1.0))[1], NO_EXPONENT)


def power_of_two(exponent: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """2^exponent as floats of `dtype`; above its range the largest power of two, below it 0."""
    return np.ldexp(np.ones((), dtype), np.minimum(exponent, np.finfo(dtype).maxexp - 1)).astype(dtype)


def times_power_of_two(values: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """values × 2^exponent, which broadcast; by multiplication where that is exact, as ldexp is five times slower."""
    if not exponent.any():
        return values
    if np.abs(exponent).max() < np.finfo(values.dtype).maxexp - 2:
        return values * power_of_two(exponent, values.dtype)
    return np.ldexp(values, exponent)


def log10_norm(values: np.ndarray, exponent: np.ndarray | int = 0) -> np.ndarray:
    """log10 of the Frobenius norm over the last two axes of values × 2^exponent; −inf only for an exact zero.

    Args:
        values: (…, B, N) mantissas.
        exponent: integers that broadcast to the leading axes.
    Returns:
        float64 (…), NaN where a value is not finite.
    """
    flat = values.reshape(*values.shape[:-2], -1).astype(np.float64, copy=False)  # no square of a float32 is 0 there
    square = np.vecdot(flat, flat)
    info = np.finfo(flat.dtype)
    safe = (square > info.tiny * 2.0 ** (2 * info.nmant)) & (square < info.max)
    if not safe.all():
        square, exponent = _rescaled_square(flat, safe, square, exponent)
    return log10(square) / 2 + exponent * LOG10_2


def _rescaled_square(
    flat: np.ndarray, safe: np.ndarray, square: np.ndarray, exponent: np.ndarray | int
) -> tuple[np.ndarray, np.ndarray]:
    """The squares and exponents again, with each unsafe vector first scaled near 1 by its own power of two."""
    shifts = np.zeros(square.shape, dtype=int)
    peaks = np.abs(flat[~safe]).max(axis=-1)
    shift = exponents(peaks)
    shift = np.where(shift == NO_EXPONENT, 0, shift)
    near_one = np.ldexp(flat[~safe], -shift[:, None]).astype(np.float64)
    square = square.copy()
    square[~safe] = np.where(np.isfinite(peaks), np.vecdot(near_one, near_one), np.nan)
    shifts[~safe] = shift
    return square, shifts + exponent


def log10(values: np.ndarray) -> np.ndarray:
    """log10 without a warning; that of zero is −inf on purpose."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(values)
