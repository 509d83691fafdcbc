"""What one sees of two descents from one start, as a code and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.questions.cliff.contract import Coordinate
from explorer.questions.cliff.descent import Descent, Descents

THROWN = 0.1  # of the window, along either coordinate: a step that no local slope can answer for
MOSTLY = 0.5  # of the steps: beyond, the threshold sets the pace


@dataclass(frozen=True)
class Sight:
    """What one sees.

    Attributes:
        code: ``nowhere`` (no finite gradient at the start), ``lost`` (the unclipped descent ends at a loss that is not
            finite), ``same`` (clipping never engages), ``thrown`` (one unclipped step crosses a tenth of the
            window, and no clipped one does), ``brake`` (most steps are clipped) or ``held`` (some are).
        jump, jump_at: length of the longest unclipped step, and which one it is.
        clipped_jump: length of the longest clipped step.
        plain_end, clipped_end: the losses at the ends.
        clipped_steps, steps: how many steps of the clipped descent were clipped, and of how many.
        ended_at: the step after which the unclipped descent has no finite loss and gradient, or None.
        plain_left, clipped_left: the first step (1-based) that leaves the window, or None.
    """

    code: str
    jump: float
    jump_at: int
    clipped_jump: float
    plain_end: float
    clipped_end: float
    clipped_steps: int
    steps: int
    ended_at: int | None
    plain_left: int | None
    clipped_left: int | None


def look(descents: Descents, coordinates: tuple[Coordinate, Coordinate]) -> Sight:
    """Judge both paths; `coordinates` are the window's."""
    plain, clipped = descents.plain, descents.clipped
    return Sight(
        _code(plain, clipped, coordinates),
        plain.largest_jump,
        plain.jump_at,
        clipped.largest_jump,
        float(plain.losses[-1]),
        float(clipped.losses[-1]),
        int(clipped.clipped.sum()),
        clipped.steps,
        plain.ended_at,
        _left(plain, coordinates),
        _left(clipped, coordinates),
    )


def _code(plain: Descent, clipped: Descent, coordinates: tuple[Coordinate, Coordinate]) -> str:
    if plain.ended_at == 0:
        return "nowhere"
    if plain.ended_at is not None:
        return "lost"
    if not clipped.clipped.any():
        return "same"
    if _reach(plain, coordinates) > THROWN >= _reach(clipped, coordinates):
        return "thrown"
    return "brake" if clipped.clipped.mean() > MOSTLY else "held"


def _reach(path: Descent, coordinates: tuple[Coordinate, Coordinate]) -> float:
    """How much of the window the widest step crosses, along either coordinate."""
    sizes = np.array([c.upper - c.lower for c in coordinates])
    with np.errstate(all="ignore"):
        return float((np.abs(np.diff(path.positions, axis=0)) / sizes).max(initial=0.0))


def _left(path: Descent, coordinates: tuple[Coordinate, Coordinate]) -> int | None:
    """The first step that leads from inside of the window to its outside."""
    lower, upper = np.array([(c.lower, c.upper) for c in coordinates]).T
    inside = ((path.positions >= lower) & (path.positions <= upper)).all(axis=1)
    leaving = np.flatnonzero(inside[:-1] & ~inside[1:])
    return int(leaving[0]) + 1 if len(leaving) else None
