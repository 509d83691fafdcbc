"""Which way carries the gradient: what stayed on the direct way, and each way's share of a step."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.model.cells import CELLS
from explorer.questions.lenses.paths import Paths
from explorer.show.plots.lenses.axes import decades_around
from explorer.show.plots.lenses.marks import no_gradient, zeros_at_the_foot, zeros_before
from explorer.show.plots.palette import GATES_IN_TURN, NEUTRAL, cell_colour
from explorer.show.plots.record import Axis, Figure, Level, Panel, Series
from explorer.show.words import say
from explorer.show.words.lenses import percentage
from explorer.show.words.numbers import magnitude
from explorer.show.words.ways import way_label

SHARES = (-0.5, 1.5)  # range of the axis, which never adapts
DASHES = ("dash", "dashdot", "longdash", "longdashdot")


def kept_figure(paths: Paths, e: Experiment) -> Figure:
    """The whole gradient, and the part of it that took the direct way at every step."""
    state = paths.carried_state
    total, kept = paths.log10_total[state], paths.log10_kept[state]
    label = say("lens_axis", "state_gradient", state=state)
    panel = no_gradient(label, e.seq_len)
    if paths.code == "whole":
        curves = (
            _line(say("lens_mark", "all_ways"), total, cell_colour(e.cell), "solid", 2.6),
            _line(say("lens_mark", "kept"), kept, NEUTRAL, "dash", 2.4),
        )
        axis = Axis(label, *decades_around(np.concatenate([total, kept])), decades=True)
        kept_of_nonzero = np.where(np.isneginf(total), np.nan, kept)
        foot = zeros_at_the_foot(kept_of_nonzero, axis, say("lens_mark", "nothing_kept"))
        panel = Panel(axis, series=curves, regions=zeros_before(total), areas=foot)
    numbers = {"steps": e.seq_len, "state": state, "total": magnitude(total[0]), "kept": magnitude(kept[0])}
    return Figure(
        "paths_kept",
        say("lens", "paths_kept"),
        say("lens_caption", "paths_kept"),
        say("lens_alternative", "paths_kept", **numbers),
        Axis(say("axis", "step"), 1, e.seq_len),
        (panel,),
        320,
        True,
        True,
    )


def shares_figures(paths: Paths, e: Experiment) -> tuple[Figure, ...]:
    """Each way's share of what arrives at a step: a figure for each state, first the state with the direct way."""
    first = paths.carried_state
    return tuple(_shares(paths, e, name) for name in sorted(paths.share, key=lambda name: name != first))


def _shares(paths: Paths, e: Experiment, state: str) -> Figure:
    label = say("lens_axis", "share_of", state=state)
    typical = paths.typical_shares(state)
    curves = tuple(
        _line(way_label(name, e), values, *_look(name, e))
        for name, values in zip(paths.names, paths.share[state], strict=True)
        if name in typical
    )
    regions = no_gradient(label, e.seq_len).regions
    if paths.code == "whole":
        regions = zeros_before(paths.log10_total[state])
    levels = (Level(say("lens_mark", "whole"), 1.0, "dot"), Level(say("lens_mark", "no_share"), 0.0, "dot", below=True))
    panel = Panel(Axis(label, *SHARES), series=curves, regions=regions, levels=levels)
    ways = "; ".join(f"{way_label(name, e)}: {percentage(share)}" for name, share in typical.items())
    return Figure(
        f"paths_shares_{state}",
        say("lens", "paths_shares", state=state),
        say("lens_caption", "paths_shares" if state == paths.carried_state else "paths_shares_too", state=state),
        say("lens_alternative", "paths_shares", steps=e.seq_len, ways=ways),
        Axis(say("axis", "step"), 1, e.seq_len),
        (panel,),
        320,
        True,
        True,
    )


def _look(name: str, e: Experiment) -> tuple[str, str, float]:
    """A gate's way has the gate's colour, as in the figure of the gates' means."""
    if name in ("outside", "direct"):
        return (NEUTRAL, "dot", 2.0) if name == "outside" else (cell_colour(e.cell), "solid", 2.6)
    n = CELLS[e.cell].kind.blocks.index(name)
    return GATES_IN_TURN[n], DASHES[n % len(DASHES)], 2.0


def _line(label: str, values: np.ndarray, colour: str, dash: str, width: float) -> Series:
    return Series(label, np.arange(1, len(values) + 1), values, colour, dash, width)
