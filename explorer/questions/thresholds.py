"""From which numbers on a verdict is given, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

THRESHOLDS: Mapping[str, tuple[float, str]] = {
    "vanished_decades": (-3.0, "a thousandth of the gradient drowns in that of the last steps: the horizon's factor"),
    "exploded_decades": (3.0, "a thousandfold step leaves the region where the loss looks linear: the same factor"),
    "horizon_decades": (3.0, "the design's definition: steps back until a thousandth of the norm is left"),
    "far_decades": (-3.0, "a thousandth of a step's gradient drowns in what its neighbours send: the same factor"),
    "near_bound": (0.05, "within 5 % of a squashing function's range its slope is below a fifth of the largest"),
    "saturated_share": (0.5, "more than half of the values: the typical unit no longer passes a gradient"),
    "dead_share": (0.1, "one unit in ten that is 0 at every step of every sequence takes no part"),
}
"""Name → (threshold of a verdict, the reason for it)."""


def threshold(name: str) -> float:
    """The threshold with this name in `THRESHOLDS`."""
    return THRESHOLDS[name][0]
