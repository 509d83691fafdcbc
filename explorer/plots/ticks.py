"""Ticks for decades: whole powers of ten, at most eight of them."""

from __future__ import annotations

import math

from explorer.words.numbers import power_of_ten

STEPS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000)


def decade_ticks(lower: float, upper: float, most: int = 8) -> tuple[list[int], list[str]]:
    """Positions (log10) and labels between `lower` and `upper`."""
    step = next((s for s in STEPS if (upper - lower) / s <= most), STEPS[-1])
    positions = list(range(math.ceil(lower / step) * step, math.floor(upper) + 1, step))
    return positions, ["1" if p == 0 else power_of_ten(p) for p in positions]
