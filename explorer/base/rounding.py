"""Arrays whose every operation rounds to a narrow float, as plain code in bfloat16 or float16 does.

A `Rounded` array holds float32 numbers that its format can represent. Each operation is computed in float32 and its
result is rounded once, to nearest, ties to even, as processors and torch do. So are results below the smallest normal
number, results beyond the largest one (±∞) and NaN. Matrix products add up in float32 and round their sums.

There is one exception, because torch's sigmoid is a single operation: e^a keeps its float32 digits through additions
in place and a division, so that 1 / (1 + e^−a) rounds once. Any other arithmetic on it rounds it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.base.scaling import LOG10_2

BFLOAT16_NAN = np.uint32(0x7FC00000)


def as_bfloat16(values: np.ndarray) -> np.ndarray:
    """float32, any shape → float32, rounded to its upper 16 bits: 8 of exponent, as float32 has, and 7 of mantissa."""
    bits = np.asarray(values, dtype=np.float32, order="C").view(np.uint32)
    half = np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))  # ties go to the even neighbour
    rounded = (bits + half) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(values), BFLOAT16_NAN, rounded).view(np.float32)


def as_float16(values: np.ndarray) -> np.ndarray:
    """float32, any shape → float32, rounded to IEEE's binary16: 5 bits of exponent, 10 of mantissa; ±∞ from 65,520."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float16).astype(np.float32)


class Rounded(np.ndarray):
    """float32 numbers of one narrow format, see above; made by `Format.take`.

    `where` and comparisons return plain arrays; their numbers still belong to the format.
    """

    __array_priority__ = 1.0  # a concatenation of these is one of these
    unrounded: bool  # whether the numbers still have all digits of float32
    nearest: ClassVar[Any]  # float32 array → float32 array

    def __array_finalize__(self, parent: Any) -> None:
        self.unrounded = getattr(parent, "unrounded", False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        target = out[0] if out is not None else None
        target_is_unrounded = getattr(target, "unrounded", False)
        keep_digits = target_is_unrounded or ufunc is np.true_divide
        plain = [_as_operand(value, keep_digits) for value in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        if result.dtype == np.bool_:
            return result
        is_unrounded = ufunc is np.exp or target_is_unrounded
        result = np.asarray(result, dtype=np.float32)
        result = result if is_unrounded else type(self).nearest(result)
        if target is not None:
            _as_ndarray(target)[...] = result
            return target
        array = result.view(type(self))
        array.unrounded = is_unrounded
        return array


class BFloat16(Rounded):
    """Numbers of bfloat16."""

    nearest = staticmethod(as_bfloat16)


class Float16(Rounded):
    """Numbers of float16."""

    nearest = staticmethod(as_float16)


def _as_ndarray(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Rounded) else value


def _as_operand(value: Any, keep_digits: bool) -> Any:
    if not isinstance(value, Rounded):
        return value
    array = _as_ndarray(value)
    return type(value).nearest(array) if value.unrounded and not keep_digits else array


@dataclass(frozen=True)
class Format:
    """A floating-point format, and the arrays that hold its numbers.

    Attributes:
        dtype: the dtype of the arrays.
        rounded: the class of arrays that round to the format, or None where NumPy computes in it.
        smallest, largest: log10 of the smallest number above zero, and of the first power of two that overflows.
    """

    dtype: np.dtype
    rounded: type[Rounded] | None
    smallest: float
    largest: float

    def take(self, values: np.ndarray) -> np.ndarray:
        """`values` (any shape) rounded to the format, in an array that goes on rounding to it."""
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            floats = np.asarray(values).astype(self.dtype)
        return floats if self.rounded is None else self.rounded.nearest(floats).view(self.rounded)

    def again(self, values: np.ndarray) -> np.ndarray:
        """The same for `values` that are numbers of the format already, as a view."""
        return values if self.rounded is None else values.view(self.rounded)


def _format(carrier: type, rounded: type[Rounded] | None, mantissa: int, exponent: int) -> Format:
    """A format by its bits of mantissa and the exponent of its smallest normal number, which also sets the largest."""
    return Format(np.dtype(carrier), rounded, LOG10_2 * (exponent - mantissa), LOG10_2 * (2 - exponent))


FORMATS = {
    "float64": _format(np.float64, None, 52, -1022),
    "float32": _format(np.float32, None, 23, -126),
    "bfloat16": _format(np.float32, BFloat16, 7, -126),
    "float16": _format(np.float32, Float16, 10, -14),
}
"""The formats by torch's names, the widest first."""
