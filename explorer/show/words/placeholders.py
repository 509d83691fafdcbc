"""A run's quantities filled into a story's sentences, each as people say it."""

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


WORDED: dict[str, Callable[[float], str]] = {
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
FROM_OTHERS: dict[str, tuple[str, Callable[[float], str]]] = {
    "left": ("decay", part_left),  # "1 part in 3 × 10²²"
    "growth": ("peak", growth),  # "3 × 10⁴ times"
}


def worded(name: str, value: float) -> str:
    """A quantity with its unit, as a sentence holds it."""
    return WORDED.get(name, short)(value)


def filled(text: str, trace: Trace, page: Mapping[str, str]) -> str:
    """`text` with ``{decay}``, ``{left}`` and their like filled in; braces around anything else stay as they are.

    Args:
        page: the settings that the page is opened with.
    """
    return PLACE.sub(lambda match: _value_at(match, trace, page), text)


def _value_at(match: re.Match[str], trace: Trace, page: Mapping[str, str]) -> str:
    try:
        return _worded(match[1], trace, page, otherwise=match[0])
    except ExplorerError:  # a formula that is not about such a network, a landscape that it does not have
        return say("number", "none")


def _worded(name: str, trace: Trace, page: Mapping[str, str], otherwise: str) -> str:
    if name in FROM_OTHERS:
        source, as_words = FROM_OTHERS[name]
        return as_words(QUANTITIES[source](trace))
    return worded(name, quantity(name, trace, page)) if name in NAMES else otherwise
