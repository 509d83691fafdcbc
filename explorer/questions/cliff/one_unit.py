"""One unit without an input; Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks",
figure 6.

    x_t = w σ(x_{t−1}) + b,   x_0 = 1/2,   L = (σ(x_50) − 0.7)²

The exact gradient is computed along with the recursion:

    ∂x_t/∂w = σ(x_{t−1}) + w σ′(x_{t−1}) ∂x_{t−1}/∂w
    ∂x_t/∂b = 1 + w σ′(x_{t−1}) ∂x_{t−1}/∂b
    ∂L/∂w = 2 (σ(x_50) − 0.7) σ′(x_50) ∂x_50/∂w,   and so for b

with σ′ = σ (1 − σ). The wall is where the fixed point that x settles on becomes unstable: w σ′ > 1 over many steps.
"""

from __future__ import annotations

import numpy as np

from explorer.model.cells.contract import sigmoid
from explorer.questions.cliff.contract import Coordinate

STEPS, START, TARGET = 50, 0.5, 0.7


class OneUnit:
    """The landscape of figure 6: x is w, y is b."""

    code = "one_unit"
    coordinates = (Coordinate("w", 3.0, 8.0), Coordinate("b", -4.0, 3.0))
    home = (5.0, -2.45)
    at_once = 2**16

    def losses(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) points (w, b) → (n,) losses."""
        return self.gradients(points)[0]

    def gradients(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, 2) points (w, b) → (n,) losses and (n, 2) gradients."""
        w, b = np.asarray(points, dtype=float).T
        x = np.full(w.shape, START)
        dw, db = np.zeros(w.shape), np.zeros(w.shape)
        with np.errstate(all="ignore"):
            for _ in range(STEPS):
                s = sigmoid(np, x)
                slope = w * s * (1.0 - s)
                dw, db, x = s + slope * dw, 1.0 + slope * db, w * s + b
            s = sigmoid(np, x)
            dx = 2.0 * (s - TARGET) * s * (1.0 - s)
            return (s - TARGET) ** 2, np.stack([dx * dw, dx * db], axis=1)
