"""The verdict on two descents from one start, as a code and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.questions.cliff.contract import Coordinate
from explorer.questions.cliff.descent import Descent, Descents

THROWN = 0.1  # share of the window, along either coordinate: a longer step does not follow the local slope
MOSTLY = 0.5  # share of clipped steps above which the threshold sets the pace


@dataclass(frozen=True)
class Sight:
    """The verdict on two descents.

    Attributes:
        code: ``nowhere`` (no finite gradient at the start), ``lost`` (the unclipped descent ends at a loss that is not
            finite), ``same`` (clipping never engages), ``thrown`` (one unclipped step crosses a tenth of the
            window, and no clipped one does), ``brake`` (most steps are clipped) or ``held`` (some are).
        jump, jump_at: length and number (1-based) of the longest step of the unclipped descent.
        clipped_jump: length of the longest step of the clipped descent.
        plain_end, clipped_end: the losses at the ends of both descents.
        clipped_steps, steps: number of clipped steps and of all steps of the clipped descent.
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
    """Judge both paths; `coordinates` give the window."""
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
        _leaving_step(plain, coordinates),
        _leaving_step(clipped, coordinates),
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
    """The share of the window that the longest step crosses, along either coordinate."""
    sizes = np.array([c.upper - c.lower for c in coordinates])
    with np.errstate(all="ignore"):
        return float((np.abs(np.diff(path.positions, axis=0)) / sizes).max(initial=0.0))


def _leaving_step(path: Descent, coordinates: tuple[Coordinate, Coordinate]) -> int | None:
    """The first step (1-based) that leads out of the window, or None."""
    lower, upper = np.array([(c.lower, c.upper) for c in coordinates]).T
    inside = ((path.positions >= lower) & (path.positions <= upper)).all(axis=1)
    leaving = np.flatnonzero(inside[:-1] & ~inside[1:])
    return int(leaving[0]) + 1 if len(leaving) else None
