"""Ticks for axes of decades, of counts, of plain numbers and of steps."""

from __future__ import annotations

import math

import numpy as np

from explorer.show.words.numbers import power_of_ten

STEPS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000)


def decade_ticks(lower: float, upper: float, most: int = 8) -> tuple[list[int], list[str]]:
    """Positions (log10) and labels of powers of ten from `lower` to `upper`, at most `most` distances between them."""
    step = next((s for s in STEPS if (upper - lower) / s <= most), STEPS[-1])
    positions = list(range(math.ceil(lower / step) * step, math.floor(upper) + 1, step))
    return positions, ["1" if p == 0 else power_of_ten(p) for p in positions]


def count_ticks(lower: float, upper: float) -> tuple[list[int], list[str]]:
    """The counts 1, 2, 5, 10, 20, … from 10^lower to 10^upper and their labels, for a range of few decades."""
    candidates = [
        digit * 10**power for power in range(max(0, math.floor(lower)), math.ceil(upper) + 1) for digit in (1, 2, 5)
    ]
    counts = [count for count in candidates if lower <= math.log10(count) <= upper]
    return counts, [f"{count:,}" for count in counts]


def round_ticks(lower: float, upper: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two values, with at most `most` distances between them."""
    if not lower < upper < math.inf:
        return [lower]
    power = 10.0 ** math.floor(math.log10((upper - lower) / most))
    step = next(s * power for s in (1, 2, 5, 10) if (upper - lower) / (s * power) <= most + 1e-9)
    first, last = math.ceil(lower / step - 1e-9), math.floor(upper / step + 1e-9)
    return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def step_ticks(first: int, last: int) -> list[int]:
    """A handful of steps from `first` to `last`, both included, for an axis whose rows are steps."""
    distance = next((s for s in STEPS if (last - first) / s <= 5), STEPS[-1])
    between = range(math.ceil(first / distance) * distance, last + 1, distance)
    inner = [step for step in between if min(step - first, last - step) > 0.4 * distance]
    return [int(step) for step in np.unique([first, *inner, last])]
