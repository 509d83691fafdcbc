"""Arrays whose every operation rounds to a narrow float: what plain code in bfloat16 or float16 sees.

A `Rounded` array holds float32 numbers that its format can spell. Each operation on it is worked out in float32 and
its result rounded once, to nearest, ties to even, as processors and torch do: also below the smallest normal number,
beyond the largest one (±∞), and for what is no number. Matrix products add up in float32 and round their sums.

One exception is made for torch's sake, whose sigmoid is a single operation: e^a keeps its float32 digits while it is
added to in place and divided by, and so 1 / (1 + e^−a) rounds once. Other arithmetic on it rounds it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.base.scaling import LOG10_2

BFLOAT16_NAN = np.uint32(0x7FC00000)


def as_bfloat16(values: np.ndarray) -> np.ndarray:
    """float32 → float32, rounded to the upper 16 of its 32 bits: 8 bits of exponent, as float32 has, 7 of mantissa."""
    bits = np.asarray(values, dtype=np.float32, order="C").view(np.uint32)
    half = np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))  # ties go to the even neighbour
    rounded = (bits + half) & np.uint32(0xFFFF0000)
    return np.where(np.isnan(values), BFLOAT16_NAN, rounded).view(np.float32)


def as_float16(values: np.ndarray) -> np.ndarray:
    """float32 → float32, rounded to IEEE's binary16: 5 bits of exponent, 10 of mantissa; ±∞ from 65,520 on."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float16).astype(np.float32)


class Rounded(np.ndarray):
    """float32 numbers of one format, see above; made by `Format.take`.

    `where` and comparisons give plain arrays, which hold numbers of the format all the same.
    """

    __array_priority__ = 1.0  # what is put together of these is one of these
    unrounded: bool
    nearest: ClassVar[Any]  # float32 array → float32 array

    def __array_finalize__(self, made_from: Any) -> None:
        self.unrounded = getattr(made_from, "unrounded", False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **more: Any) -> Any:
        into = out[0] if out is not None else None
        goes_on = getattr(into, "unrounded", False)
        keeps = goes_on or ufunc is np.true_divide
        plain = [_plain(value, keeps) for value in inputs]
        result = getattr(ufunc, method)(*plain, **more)
        if result.dtype == np.bool_:
            return result
        digits = ufunc is np.exp or goes_on
        result = np.asarray(result, dtype=np.float32)
        result = result if digits else type(self).nearest(result)
        if into is not None:
            _bare(into)[...] = result
            return into
        made = result.view(type(self))
        made.unrounded = digits
        return made


class BFloat16(Rounded):
    nearest = staticmethod(as_bfloat16)


class Float16(Rounded):
    nearest = staticmethod(as_float16)


def _bare(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Rounded) else value


def _plain(value: Any, keep_digits: bool) -> Any:
    if not isinstance(value, Rounded):
        return value
    bare = _bare(value)
    return type(value).nearest(bare) if value.unrounded and not keep_digits else bare


@dataclass(frozen=True)
class Format:
    """A floating format and what carries its numbers.

    Attributes:
        dtype: of the arrays that carry it.
        rounded: the class of arrays that round to it, or None where NumPy computes in it.
        smallest, largest: log10 of the least number above zero, and of the power of two that is too large for it.
    """

    dtype: np.dtype
    rounded: type[Rounded] | None
    smallest: float
    largest: float

    def take(self, values: np.ndarray) -> np.ndarray:
        """`values` rounded to the format, in an array that keeps to it."""
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            carried = np.asarray(values).astype(self.dtype)
        return carried if self.rounded is None else self.rounded.nearest(carried).view(self.rounded)

    def again(self, values: np.ndarray) -> np.ndarray:
        """The same for `values` that are numbers of the format already."""
        return values if self.rounded is None else values.view(self.rounded)


def _format(carrier: type, rounded: type[Rounded] | None, mantissa: int, exponent: int) -> Format:
    """From the bits of its mantissa, and the exponent of its smallest normal number, which sets that of the largest."""
    return Format(np.dtype(carrier), rounded, LOG10_2 * (exponent - mantissa), LOG10_2 * (2 - exponent))


FORMATS = {
    "float64": _format(np.float64, None, 52, -1022),
    "float32": _format(np.float32, None, 23, -126),
    "bfloat16": _format(np.float32, BFloat16, 7, -126),
    "float16": _format(np.float32, Float16, 10, -14),
}
"""By torch's names, the widest first."""
