"""What many seeds say: ranges of the numbers, and how many of them vanish, explode or arrive."""

from __future__ import annotations

import math
from collections.abc import Callable

from explorer.questions.seed_bands import Bands
from explorer.show.words import say
from explorer.show.words.numbers import short

ORDER = ("vanishing", "exploding", "healthy", "overflowed")


def tally(seen: Bands) -> str:
    """ "Over 30 seeds the gradient vanishes in 28 and arrives in 2." """
    *parts, last = (say("seeds_tally", code, count=seen.codes[code]) for code in ORDER if code in seen.codes)
    said = say("seeds_tally", "and", parts=", ".join(parts), last=last) if parts else last
    return say("seeds_tally", "whole", count=len(seen.seeds), parts=said)


def ranges(seen: Bands) -> dict[str, str]:
    """``decay``, ``horizon``, ``loss`` → "30 seeds: −22.7 (10–90 %: −24.1 … −20.9)"."""

    def within(value: float) -> str:
        beyond = f"{seen.experiment.seq_len - 1:,}"
        return say("number", "over", value=beyond) if math.isinf(value) else f"{round(value):,}"

    spelled: dict[str, Callable[[float], str]] = {"decay": _decades, "horizon": within, "loss": short}
    return {name: _range(seen, name, spell) for name, spell in spelled.items()}


def _range(seen: Bands, name: str, spell: Callable[[float], str]) -> str:
    count, values = len(seen.seeds), getattr(seen, name)
    if seen.overflowed == count:
        return say("seeds", "nothing", count=count)
    low, median, high = map(spell, map(float, values))
    return say("seeds", "range", count=count, share=say("seeds", "share"), low=low, median=median, high=high)


def _decades(value: float) -> str:
    return say("number", "zero") if math.isinf(value) else f"{value:+.1f}".replace("-", "−")
