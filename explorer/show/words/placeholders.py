"""Fills the quantities of a run into the sentences of a story."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from explorer.base.errors import ExplorerError
from explorer.engine.trace import Trace
from explorer.questions.textbook import FORMULAS
from explorer.show.quantities import NAMES, QUANTITIES, quantity
from explorer.show.words import say
from explorer.show.words.numbers import beside, cosine, decades, growth, magnitude, part_left, percent, short, steps
from explorer.show.words.verdicts import memory

PLACE = re.compile(r"\{(\w+)\}")


def _magnitude(value: float) -> str:
    return magnitude(math.log10(value)) if value > 0 else say("number", "zero")


def _count(value: float) -> str:
    return str(int(value))


def _beside_one(value: float) -> str:
    return beside(value, 1)


def _share_left(decay: float) -> str:
    return percent(10**decay) if decay <= 0 else growth(decay)


FORMATTERS: dict[str, Callable[[float], str]] = {
    **dict.fromkeys(("decay", "peak", "dip", "bend", "c_decay", "c_peak"), decades),
    **{f"{code}_{name}": decades for code in FORMULAS for name in ("true", "written")},
    **dict.fromkeys(("steps", "back", "peak_back"), lambda value: steps(int(value))),
    **dict.fromkeys(("zeros", "overflow", "cliff_times_clipped", "cliff_steps"), _count),
    **dict.fromkeys(("norm_before", "norm_after"), _magnitude),
    **dict.fromkeys(("per_step", "c_per_step", "radius", "sigma", "rest_radius"), _beside_one),
    **dict.fromkeys(("least_eigenvalue", "slope_mean", "slope_geometric", "slope_max"), _beside_one),
    **dict.fromkeys(("clip_cosine", "m01_number", "m11_number"), cosine),
    **{name: _beside_one for name in NAMES if name.startswith("gate_")},
}
"""Quantity → its text with its unit; `short` writes the others."""

DERIVED: dict[str, tuple[str, Callable[[float], str]]] = {
    "left": ("decay", part_left),  # "1 part in 3 × 10²²"
    "share_left": ("decay", _share_left),  # "64 %"
    "growth": ("peak", growth),  # "3 × 10⁴ times"
}
OF_TRACE: dict[str, Callable[[Trace], str]] = {"horizon": memory}
"""Placeholder → its text from the trace, where the number alone does not tell: "over 99 steps", "none, it grows"."""


def with_unit(name: str, value: float) -> str:
    """A quantity with its unit, as a sentence needs it."""
    return FORMATTERS.get(name, short)(value)


def filled(text: str, trace: Trace, page: Mapping[str, str]) -> str:
    """`text` with placeholders such as ``{decay}`` and ``{left}`` filled in; other braces stay as they are.

    Args:
        page: the settings that the page is opened with.
    """
    return PLACE.sub(lambda match: _replacement(match, trace, page), text)


def _replacement(match: re.Match[str], trace: Trace, page: Mapping[str, str]) -> str:
    try:
        return _placeholder_text(match[1], trace, page, otherwise=match[0])
    except ExplorerError:  # the formula or the landscape does not apply to such a network
        return say("number", "none")


def _placeholder_text(name: str, trace: Trace, page: Mapping[str, str], otherwise: str) -> str:
    if name in OF_TRACE:
        return OF_TRACE[name](trace)
    if name in DERIVED:
        source, formatter = DERIVED[name]
        return formatter(QUANTITIES[source](trace))
    return with_unit(name, quantity(name, trace, page)) if name in NAMES else otherwise
