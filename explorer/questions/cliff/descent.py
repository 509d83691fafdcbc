"""Plain gradient descent within the two coordinates, with and without clipping the gradient's norm.

    p ← p − η g,   g = (∂L/∂x, ∂L/∂y),   clipped: g ← g θ / ‖g‖ where ‖g‖ > θ

Algorithm 1 of Pascanu, Mikolov & Bengio 2013, to the letter. torch divides by ‖g‖ + 1e-6 instead (see
`explorer.model.clipping`): in a training this is negligible, but at a cliff a millionth decides on which side a step
lands, and the paths part.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.questions.cliff.contract import Landscape

MOST_STEPS = 2000


@dataclass(frozen=True, eq=False)
class Descent:
    """One path, step by step.

    Attributes:
        rate: the learning rate η.
        threshold: of the gradient's norm; None on the path that is not clipped.
        positions: (n+1, 2), from the start on.
        losses: (n+1,) at the positions.
        norms: (n+1,) of the gradient before clipping, at the positions.
        clipped: (n,) whether the step that leaves position k was clipped.
        ended_at: number of steps after which the loss or gradient is not finite and the path ends (0: at the start);
            None where all steps were made.
    """

    rate: float
    threshold: float | None
    positions: np.ndarray
    losses: np.ndarray
    norms: np.ndarray
    clipped: np.ndarray
    ended_at: int | None = None

    @property
    def steps(self) -> int:
        """The number of steps that were made."""
        return len(self.clipped)

    @property
    def jumps(self) -> np.ndarray:
        """(n,) the length of each step."""
        with np.errstate(all="ignore"):
            return np.hypot(*np.diff(self.positions, axis=0).T)

    @property
    def largest_jump(self) -> float:
        """The length of the longest step; 0 without a step."""
        return float(self.jumps.max(initial=0.0))

    @property
    def jump_at(self) -> int:
        """The iteration (1-based) of the longest step; 0 without a step."""
        return int(np.argmax(self.jumps)) + 1 if self.steps else 0


@dataclass(frozen=True, eq=False)
class Descents:
    """Both paths from one start."""

    plain: Descent
    clipped: Descent


def descend(
    landscape: Landscape, start: tuple[float, float], rate: float = 0.05, threshold: float = 1.0, steps: int = 200
) -> Generator[float, None, Descents]:
    """Yields the share that is done, from 0 to 1, after every step; returns both paths, the two lanes of one pass.

    Args:
        start: (x, y); may lie outside of the window.
        rate: the learning rate, above 0.
        threshold: of the gradient's norm on the clipped path, above 0.
        steps: 1 … 2000.

    Raises:
        ExplorerError: one of the arguments breaks its rule.
    """
    _check(start, rate, threshold, steps)
    walks = (_Walk(start, rate, None), _Walk(start, rate, threshold))
    for step in range(steps + 1):
        losses, gradients = landscape.gradients(np.array([walk.positions[-1] for walk in walks]))
        for walk, loss, gradient in zip(walks, losses, gradients, strict=True):
            walk.arrive(float(loss), gradient)
        if all(walk.ended_at is not None for walk in walks):
            break
        yield step / steps
        for walk, gradient in zip(walks, gradients, strict=True):
            if step < steps:
                walk.go(gradient)
    return Descents(walks[0].descent(), walks[1].descent())


class _Walk:
    """A path under construction."""

    def __init__(self, start: tuple[float, float], rate: float, threshold: float | None) -> None:
        self.rate, self.threshold = rate, threshold
        self.positions = [np.array(start, dtype=float)]
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.clipped: list[bool] = []
        self.ended_at: int | None = None

    def arrive(self, loss: float, gradient: np.ndarray) -> None:
        """Note loss and gradient norm at the last position."""
        if self.ended_at is not None:
            return
        with np.errstate(all="ignore"):
            norm = float(np.hypot(*gradient))
        self.losses.append(loss)
        self.norms.append(norm)
        if not (np.isfinite(loss) and np.isfinite(norm)):
            self.ended_at = len(self.clipped)

    def go(self, gradient: np.ndarray) -> None:
        """Make one step, unless the path has ended."""
        if self.ended_at is not None:
            return
        clipped = self.threshold is not None and self.norms[-1] > self.threshold
        with np.errstate(over="ignore"):
            step = gradient * self.threshold / self.norms[-1] if clipped else gradient
            self.positions.append(self.positions[-1] - self.rate * step)
        self.clipped.append(clipped)

    def descent(self) -> Descent:
        arrays = (np.array(self.positions), np.array(self.losses), np.array(self.norms))
        return Descent(self.rate, self.threshold, *arrays, np.array(self.clipped, dtype=bool), self.ended_at)


def _check(start: tuple[float, float], rate: float, threshold: float, steps: int) -> None:
    if len(start) != 2 or not all(np.isfinite(value) for value in start):
        raise ExplorerError("start", "must be two finite numbers", start)
    for name, value in (("learning_rate", rate), ("threshold", threshold)):
        if not (np.isfinite(value) and value > 0):
            raise ExplorerError(name, "must be a finite number above 0", value)
    if not 1 <= steps <= MOST_STEPS:
        raise ExplorerError("steps", f"must be a whole number between 1 and {MOST_STEPS}", steps)
