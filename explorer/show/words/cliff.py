"""Sentences about the cliff."""

from __future__ import annotations

from explorer.questions.cliff.contract import Coordinate
from explorer.questions.cliff.descent import Descents
from explorer.questions.cliff.verdict import Sight
from explorer.show.words import say
from explorer.show.words.numbers import short


def coordinate_name(coordinate: Coordinate) -> str:
    """A coordinate's name for readers."""
    return say("cliff_coordinate", coordinate.code, name=coordinate.name)


def sight_sentence(sight: Sight, descents: Descents) -> str:
    """What the two descents show, and which path leaves the window."""
    sentence = say(
        "cliff_sight",
        sight.code,
        jump=short(sight.jump),
        jump_at=f"{sight.jump_at:,}",
        clipped_jump=short(sight.clipped_jump),
        times=short(sight.jump / sight.clipped_jump) if sight.clipped_jump else "",
        plain_end=short(sight.plain_end),
        clipped_end=short(sight.clipped_end),
        count=f"{sight.clipped_steps:,}",
        steps=f"{sight.steps:,}",
        ended_at=f"{sight.ended_at:,}" if sight.ended_at is not None else "",
        threshold=short(descents.clipped.threshold or 0.0),
        rate=short(descents.plain.rate),
    )
    exits = {"plain": sight.plain_left, "clipped": sight.clipped_left}
    if sight.code == "same":
        exits = {"both": sight.plain_left}
    parts = [say("cliff_sight", f"{path}_left", step=f"{step:,}") for path, step in exits.items() if step is not None]
    return " ".join([sentence, *parts])
