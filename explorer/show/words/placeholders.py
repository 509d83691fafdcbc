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
from explorer.show.words.numbers import decades, growth, magnitude, part_left, short, steps

PLACE = re.compile(r"\{(\w+)\}")


def _magnitude(value: float) -> str:
    return magnitude(math.log10(value)) if value > 0 else say("number", "zero")


FORMATTERS: dict[str, Callable[[float], str]] = {
    "decay": decades,
    "peak": decades,
    "horizon": lambda value: steps(int(value)),
    "zeros": lambda value: str(int(value)),
    "overflow": lambda value: str(int(value)),
    "steps": lambda value: steps(int(value)),
    "cliff_times_clipped": lambda value: str(int(value)),
    "norm_before": _magnitude,
    "norm_after": _magnitude,
    **{f"{code}_{name}": decades for code in FORMULAS for name in ("true", "written")},
}
DERIVED: dict[str, tuple[str, Callable[[float], str]]] = {
    "left": ("decay", part_left),  # "1 part in 3 × 10²²"
    "growth": ("peak", growth),  # "3 × 10⁴ times"
}


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
    if name in DERIVED:
        source, formatter = DERIVED[name]
        return formatter(QUANTITIES[source](trace))
    return with_unit(name, quantity(name, trace, page)) if name in NAMES else otherwise
