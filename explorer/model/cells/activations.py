"""Activation functions of plain units: φ, its slope as a function of h = φ(a), and both as lines of equations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.base.backend import Array
from explorer.model.cells.contract import sigmoid


@dataclass(frozen=True)
class Activation:
    """One activation function φ.

    Attributes:
        value: (xp, a) → φ(a). slope: (xp, h) → φ′(a), from h = φ(a).
        h, delta: the right sides of these two lines of the equations.
    """

    value: Callable[[Any, Array], Array]
    slope: Callable[[Any, Array], Array]
    h: str
    delta: str

    def within(self, equations: str) -> str:
        """`equations` with the right sides in place of ``{h}`` and ``{delta}``."""
        return equations.format(h=self.h, delta=self.delta)


ACTIVATIONS = {
    "tanh": Activation(lambda xp, a: xp.tanh(a), lambda xp, h: 1.0 - h * h, "tanh(a)", "dh * (1 - h**2)"),
    "relu": Activation(
        lambda xp, a: xp.where(a < 0, xp.zeros_like(a), a),  # keeps NaN, which a maximum may lose
        lambda xp, h: xp.where(h > 0, xp.ones_like(h), xp.zeros_like(h)),
        "relu(a)",
        "dh * (a > 0)",
    ),
    "sigmoid": Activation(sigmoid, lambda xp, h: h * (1.0 - h), "sigmoid(a)", "dh * h * (1 - h)"),
    "identity": Activation(lambda xp, a: a, lambda xp, h: xp.ones_like(h), "a", "dh"),
}


def unit_slopes(self, xp, before, kept):
    """`Cell.slopes` of a plain unit, whose `forward` keeps φ′."""
    return {"a": kept["φ′"]}


def unit_delta(self, xp, p, slopes, d):
    """`Cell.delta` of a plain unit: φ′(a) ⊙ ∂L/∂h."""
    return slopes["a"] * d["h"]
