"""The name, colour and dash of each lane of a training, the same in every figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.engine.experiment import Experiment
from explorer.show.plots.palette import OTHERS, cell_colour, farthest_colours
from explorer.show.plots.record import DASHES
from explorer.show.words import say
from explorer.show.words.differences import differing, distinction

UNCLIPPED = OTHERS[1]
HELD_OUT_DASHES = ("dot", "dashdot", "sparse", "longdashdot", "longdash")


@dataclass(frozen=True)
class LaneLook:
    """The name, colour and dash of one lane in every figure; lanes never differ by colour alone."""

    label: str
    colour: str
    dash: str


def looks(experiments: Sequence[Experiment]) -> list[LaneLook]:
    """The look of each lane: of twins the clipped one solid in its cell's colour, the unclipped one dashed."""
    if len(experiments) == 1:
        e = experiments[0]
        return [LaneLook("", cell_colour(e.cell), "dash" if e.clip == "none" else "solid")]
    if len(experiments) == 2 and {e.clip == "none" for e in experiments} == {True, False}:
        return [_twin_look(e) for e in experiments]
    names = differing(experiments)
    colours = (cell_colour(experiments[0].cell), UNCLIPPED, *OTHERS)
    return [
        LaneLook(distinction(e, names), colours[k % len(colours)], DASHES[k % len(DASHES)])
        for k, e in enumerate(experiments)
    ]


def held_out_looks(lane_looks: Sequence[LaneLook]) -> list[tuple[str, str]]:
    """Colour and dash of each lane's held-out losses: no curve of a batch has them, as long as there are enough."""
    free = [dash for dash in HELD_OUT_DASHES if dash not in {look.dash for look in lane_looks}] or [*HELD_OUT_DASHES]
    colours = farthest_colours([look.colour for look in lane_looks], len(lane_looks))
    return [(colour, free[k % len(free)]) for k, colour in enumerate(colours)]


def _twin_look(e: Experiment) -> LaneLook:
    if e.clip == "none":
        return LaneLook(say("training_mark", "lane_unclipped"), UNCLIPPED, "dash")
    label = say("training_mark", f"lane_{e.clip}")
    return LaneLook(label, cell_colour(e.cell), "solid")
