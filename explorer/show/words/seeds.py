"""Sentences about many seeds: ranges of the numbers, and for how many the gradient vanishes, explodes or arrives."""

from __future__ import annotations

import math
from collections.abc import Callable

from explorer.questions.seed_bands import Bands
from explorer.show.words import say
from explorer.show.words.numbers import short, signed

ORDER = ("vanishing", "exploding", "local", "healthy", "silent", "overflowed")  # all that can be the gravest


def tally(bands: Bands) -> str:
    """How many seeds have each finding, as in "Over 30 seeds the gradient vanishes in 28 and arrives in 2"."""
    *parts, last = (say("seeds_tally", code, count=bands.codes[code]) for code in ORDER if code in bands.codes)
    counts = say("seeds_tally", "and", parts=", ".join(parts), last=last) if parts else last
    return say("seeds_tally", "whole", count=len(bands.seeds), parts=counts)


def ranges(bands: Bands) -> dict[str, str]:
    """``decay``, ``horizon`` and ``loss`` → their range: "30 seeds: −22.7 (10–90 %: −24.1 … −20.9)"."""

    formatters: dict[str, Callable[[float], str]] = {
        "decay": _decades,
        "horizon": lambda value: _horizon(bands, value),
        "loss": short,
    }
    return {name: _range(bands, name, formatter) for name, formatter in formatters.items()}


def _range(bands: Bands, name: str, formatter: Callable[[float], str]) -> str:
    count, values = len(bands.seeds), getattr(bands, name)
    if bands.overflowed == count:
        return say("seeds", "nothing", count=count)
    low, median, high = map(formatter, map(float, values))
    return say("seeds", "range", count=count, share=say("seeds", "share"), low=low, median=median, high=high)


def _horizon(bands: Bands, value: float) -> str:
    """A horizon in steps; an infinite one lies beyond the sequence, or belongs to a seed whose gradient grows."""
    if math.isfinite(value):
        return f"{round(value):,}"
    exploding = bands.codes.get("exploding", 0)
    if exploding == len(bands.seeds) - bands.overflowed:
        return say("number", "growing")
    section, key = ("seeds", "beyond_or_none") if exploding else ("number", "over")
    return say(section, key, value=f"{bands.experiment.seq_len - 1:,}")


def _decades(value: float) -> str:
    return say("number", "zero") if math.isinf(value) else signed(value)
