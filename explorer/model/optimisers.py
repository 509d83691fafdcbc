"""Optimisers as `torch.optim` defines them, on lanes: every array is (K, P), the P parameters of each of K lanes.

Here g is the gradient (after clipping), t = 1, 2, …, η the learning rate, μ the momentum; other constants are torch's:

* ``sgd``       Δ = −η g
* ``momentum``  v ← μ v + g,  Δ = −η v                                    `torch.optim.SGD(momentum=μ)`
* ``rmsprop``   s ← α s + (1−α) g²,  Δ = −η g / (√s + ε)                  α = 0.99; Tieleman & Hinton 2012
* ``adam``      m ← m + (1−β₁)(g − m),  s ← β₂ s + (1−β₂) g²,
                Δ = −η / (1−β₁ᵗ) · m / (√s / √(1−β₂ᵗ) + ε)                β = (0.9, 0.999); Kingma & Ba 2015

ε = 1e-8 is added outside the root, and in Adam after the bias correction, as in torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.registry import Registry

ALPHA, BETA_1, BETA_2, EPSILON = 0.99, 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Optimiser:
    """One optimisation method.

    Attributes:
        slots: the number S of arrays that it keeps from step to step; they start at zero.
        change: (g (K, P), slots (S, K, P), t from 1 on, learning rate, momentum) → Δ (K, P); updates slots in place.
    """

    slots: int
    change: Callable[[np.ndarray, np.ndarray, int, float, float], np.ndarray]


def _sgd(g: np.ndarray, slots: np.ndarray, t: int, rate: float, momentum: float) -> np.ndarray:
    return g * -rate


def _momentum(g: np.ndarray, slots: np.ndarray, t: int, rate: float, momentum: float) -> np.ndarray:
    (v,) = slots
    v *= momentum
    v += g
    return v * -rate


def _rmsprop(g: np.ndarray, slots: np.ndarray, t: int, rate: float, momentum: float) -> np.ndarray:
    (s,) = slots
    _update_mean_square(s, g, ALPHA)
    root = np.sqrt(s)
    root += EPSILON
    np.divide(g, root, out=root)
    root *= -rate
    return root


def _adam(g: np.ndarray, slots: np.ndarray, t: int, rate: float, momentum: float) -> np.ndarray:
    m, s = slots
    difference = g - m
    difference *= 1 - BETA_1
    m += difference
    _update_mean_square(s, g, BETA_2)
    root = np.sqrt(s)
    root /= math.sqrt(1 - BETA_2**t)
    root += EPSILON
    np.divide(m, root, out=root)
    root *= -rate / (1 - BETA_1**t)
    return root


def _update_mean_square(s: np.ndarray, g: np.ndarray, decay: float) -> None:
    square = g * g
    square *= 1 - decay
    s *= decay
    s += square


OptimiserName = Literal["sgd", "momentum", "rmsprop", "adam"]
"""The names that ship, for type checkers; at run time registered names are valid as well."""

SHIPPED: dict[OptimiserName, Optimiser] = {
    "sgd": Optimiser(0, _sgd),
    "momentum": Optimiser(1, _momentum),
    "rmsprop": Optimiser(1, _rmsprop),
    "adam": Optimiser(2, _adam),
}


def _as_optimiser(name: str, given: Any) -> Optimiser:
    if not isinstance(given, Optimiser):
        raise ExplorerError("optimiser", "must be an explorer.Optimiser", name)
    return given


OPTIMISERS: Registry[Optimiser] = Registry("optimiser", SHIPPED, _as_optimiser)


def register_optimiser(name: str, optimiser: Optimiser) -> OptimiserName:
    """Add an optimiser: ``explorer.train(…, optimiser=name)``, the page and the command line then accept it.

    An installed package does the same with an entry point in the group ``gradient_flow_explorer.optimisers``.

    Returns:
        the name; type checkers take it for one that a training plan accepts.

    Raises:
        ExplorerError: the name is not valid or is taken, or the object is not an `Optimiser`.
    """
    OPTIMISERS.add(name, optimiser)
    return name  # type: ignore[return-value]
