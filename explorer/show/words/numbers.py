"""Numbers as text for readers."""

from __future__ import annotations

import math

from explorer.show.words import say

TIMES = "\u00a0×\u00a0"  # no-break spaces: a number must not break over two lines
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
    if not 1e-4 <= abs(value) < 1e6:
        return ("−" if value < 0 else "") + scientific(abs(value))
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}".replace("-", "−")


def scientific(value: float) -> str:
    """A positive float of any size with two digits and a power of ten: "4.9 × 10⁻³²⁴"."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{float(digits):g}{TIMES}{power_of_ten(int(exponent))}"


def decades(value: float) -> str:
    """A change as signed decades: "−22.5 decades"."""
    if math.isnan(value):
        return say("number", "none")
    if value == -math.inf:
        return say("number", "zero")
    if abs(value) < 0.05:
        return say("number", "no_decades")
    return say("number", "decades", value=f"{value:+.1f}".replace("-", "−"))


def part_left(decay: float) -> str:
    """How much is left after a fall: "1 part in 3 × 10²²"."""
    return say("number", "nothing") if decay == -math.inf else say("number", "part", part=magnitude(-decay))


def growth(rise: float) -> str:
    """How much there is after a rise: "3 × 10⁴ times"."""
    return f"{magnitude(rise)} times"


def percent(share: float) -> str:
    """A share in whole per cent: "25 %"."""
    return f"{share:.0%}".replace("%", "\u00a0%")


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
