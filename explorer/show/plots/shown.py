"""The runs that share the figures: the live run, and those that are compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.engine.trace import Trace
from explorer.show.plots.palette import cell_colour


@dataclass(frozen=True, eq=False)
class Shown:
    """One run as figures show it.

    Attributes:
        label: what tells it from the others; empty if it is the only run.
        colour, dash: its look among the others; an empty colour stands for that of its cell.
    """

    trace: Trace
    label: str = ""
    colour: str = ""
    dash: str = "solid"

    @property
    def ink(self) -> str:
        """The run's own colour, or that of its cell."""
        return self.colour or cell_colour(self.trace.experiment.cell)

    def colour_beside_others(self, runs: Sequence[Shown]) -> str:
        """The run's colour if several runs share a figure, else ""."""
        return self.ink if len(runs) > 1 else ""


Runs = Sequence[Shown]
"""The live run first."""


def longest(runs: Runs) -> int:
    """Number of steps of the longest run; all runs share one time axis."""
    return max(run.trace.experiment.seq_len for run in runs)
