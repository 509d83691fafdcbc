"""Sentences with numbers about the Lyapunov spectrum and the fan of Jacobians."""

from __future__ import annotations

import numpy as np

from explorer.questions.lenses.jacobian_fan import JacobianFan
from explorer.questions.lenses.lyapunov import ROUNDING, Lyapunov
from explorer.show.words import say
from explorer.show.words.numbers import magnitude, short


def lyapunov_sentences(spectrum: Lyapunov) -> tuple[str, ...]:
    """The first exponent beside the gradient's own rate, the dimension, and the number of dead directions."""
    if spectrum.code == "overflowed":
        return (say("rates", "overflowed"),)
    size, dead = len(spectrum.exponents), int(np.isneginf(spectrum.exponents).sum())
    if dead == size:
        return (say("rates", "fastest_dead"),)
    key = "fastest" if np.isfinite(spectrum.gradient_slope) else "fastest_alone"
    fastest = say("rates", key, rate=_rate(spectrum.exponents[0]), slope=_rate(spectrum.gradient_slope))
    lost = (say("rates", "dead" if dead > 1 else "dead_one", dead=dead, size=size),) if dead else ()
    return (fastest, _dimension(spectrum.dimension, size), *lost)


def fan_sentence(fan: JacobianFan) -> str:
    """How much the best, the median and the worst direction change from the first step drawn to the end."""
    if fan.code == "overflowed":
        return say("rates", "fan_overflowed")
    places = {name: int(np.abs(fan.shares - share).argmin()) for name, share in DIRECTIONS.items()}
    values = {name: magnitude(float(fan.log10_to_end[0, place])) for name, place in places.items()}
    return say("rates", "fan", first=int(fan.at[0]), **values)


DIRECTIONS = {"largest": 0.0, "median": 0.5, "smallest": 1.0}  # place among the singular values, from 0 to 1


def _rate(value: float) -> str:
    """A rate as text; 0 if it is zero up to rounding."""
    return short(0.0 if abs(value) < ROUNDING else float(value))


def _dimension(dimension: float, size: int) -> str:
    meaning = "none" if dimension == 0 else "all" if dimension == size else "some"
    number = f"{dimension:.2f}".rstrip("0").rstrip(".")
    return say("rates", "dimension", dimension=number, size=size, meaning=say("rates", f"dimension_{meaning}"))
