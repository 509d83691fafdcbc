"""Numbers as text for readers."""

from __future__ import annotations

import math

from explorer.questions.thresholds import threshold
from explorer.show.words import say

TIMES = "\u00a0×\u00a0"  # no-break spaces: a number must not break over two lines
ROUNDING = 1e-9  # share of a limit: two numbers that differ by less are equal, up to the rounding of a computation
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def superscript(exponent: int) -> str:
    """An exponent in raised digits: "⁻⁹⁰⁰"."""
    return str(exponent).translate(SUPERSCRIPT)


def power_of_ten(exponent: int) -> str:
    """A power of ten: "10⁻⁹⁰⁰"."""
    return "10" + superscript(exponent)


def magnitude(log10_value: float) -> str:
    """A positive number of any size from its log10: "31", "3 × 10²²", "2 × 10⁻⁹⁰⁰"."""
    if math.isnan(log10_value):
        return say("number", "not_finite")
    if log10_value == -math.inf:
        return say("number", "zero")
    if -3 <= log10_value < 4:
        return short(10**log10_value)
    exponent = math.floor(log10_value)
    digit = round(10 ** (log10_value - exponent))
    exponent, digit = (exponent + 1, 1) if digit == 10 else (exponent, digit)
    return power_of_ten(exponent) if digit == 1 else f"{digit}{TIMES}{power_of_ten(exponent)}"


def short(value: float) -> str:
    """Three digits, without rounding a small number to nothing: "0.0032", "1.04", "12,300"."""
    if not math.isfinite(value):
        return say("number", "not_finite")
    if value == 0:
        return "0"
    if _needs_a_power(value):
        return ("−" if value < 0 else "") + scientific(abs(value))
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}".replace("-", "−")


def _needs_a_power(value: float) -> bool:
    return not 1e-4 <= abs(value) < 1e6


def scientific(value: float, digits: int = 2) -> str:
    """A positive float of any size with a few digits and a power of ten: "4.9 × 10⁻³²⁴"."""
    leading, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{float(leading):.{digits}g}{TIMES}{power_of_ten(int(exponent))}"


def beside(value: float, limit: float) -> str:
    """`short`, with as many digits as it takes to stand on the same side of `limit`: "0.9997" below 1, not "1.00".

    A value that differs from the limit by no more than `ROUNDING` of it counts as equal.
    """
    if not math.isfinite(value) or equals(value, limit):
        return short(value)
    usual = 2 if _needs_a_power(value) else 3
    digits = next((d for d in range(usual, 17) if _same_side(float(f"{value:.{d}g}"), value, limit)), 17)
    if digits == usual:
        return short(value)
    size = scientific(abs(value), digits) if _needs_a_power(value) else f"{abs(value):,.{digits}g}"
    return ("−" if value < 0 else "") + size


def equals(value: float, limit: float) -> bool:
    """Whether the two are equal up to rounding."""
    return abs(value - limit) <= ROUNDING * abs(limit)


def _same_side(rounded: float, value: float, limit: float) -> bool:
    return (rounded < limit, rounded > limit) == (value < limit, value > limit)


def decades(value: float) -> str:
    """A change as signed decades: "−22.5 decades"."""
    if math.isnan(value):
        return say("number", "none")
    if value == -math.inf:
        return say("number", "to_zero")
    if abs(value) < 0.05:
        return say("number", "no_decades")
    return say("number", "decades", value=signed(value))


def signed(value: float) -> str:
    """Decades with a sign and one decimal: "−22.5"; with more where one would reach the threshold of a verdict, and
    without a sign where nothing is left of the number: "0.0"."""
    if abs(value) < 0.05:
        return "0.0"
    far = threshold("exploded_decades")  # as far from 0 as that of vanishing
    places = next(p for p in range(1, 17) if (abs(round(value, p)) < far) == (abs(value) < far))
    return f"{value:+.{places}f}".replace("-", "−")


def part_left(decay: float) -> str:
    """How much is left after a fall: "1 part in 3 × 10²²"."""
    return say("number", "nothing") if decay == -math.inf else say("number", "part", part=magnitude(-decay))


def growth(rise: float) -> str:
    """How much there is after a rise: "3 × 10⁴ times"."""
    return f"{magnitude(rise)} times"


def cosine(value: float) -> str:
    """A cosine with two decimals, or as many as it takes to differ from 1: "0.70", "0.9996"; just "1" for 1."""
    if not math.isfinite(value):
        return say("number", "not_finite")
    rest = 1 - abs(value)
    if rest <= ROUNDING:
        return "1" if value > 0 else "−1"
    places = max(2, math.ceil(-math.log10(rest)))
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")  # + 0.0 makes −0 a plain 0


def percent(share: float) -> str:
    """A share in whole per cent: "25 %"; a part is never rounded to nothing or to all: "99.7 %"."""
    places = next((p for p in range(9) if 0 < round(100 * share, p) < 100), 0)
    return f"{100 * share:.{places}f}\u00a0%"


def steps(count: int) -> str:
    """A number of steps: "1 step", "2,000 steps"."""
    return say("number", "steps_one") if count == 1 else say("number", "steps", value=f"{count:,}")


def units(count: int) -> str:
    """A number of units: "1 unit", "32 units"."""
    return say("number", "units_one") if count == 1 else say("number", "units", value=f"{count:,}")


def losses(count: int) -> str:
    """A number of losses: "1 loss", "100 losses"."""
    return say("number", "losses_one") if count == 1 else say("number", "losses", value=f"{count:,}")


def horizon(count: int | None, seq_len: int) -> str:
    """The memory horizon in steps; None means that it lies beyond the sequence: "over 99 steps"."""
    if count is not None:
        return steps(count)
    return say("number", "beyond_one") if seq_len == 2 else say("number", "beyond", value=f"{seq_len - 1:,}")
