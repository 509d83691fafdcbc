"""The blocks of bytes that the deck draws: the live state of the page, and the lanes of a drag. Made once, shared."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from typing import Any

from cachetools import LRUCache, cached

from explorer.base.long_work import Work
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.seed_bands import Bands
from explorer.questions.sweep import sweep, sweep_values, sweepable
from explorer.questions.worked_step import worked_steps
from explorer.show.plots import figures_of
from explorer.show.plots.clipping import clipping_figure
from explorer.show.plots.deck_renderer import Block, render
from explorer.show.plots.gradients import gradient_figure, spanning, with_seeds
from explorer.show.plots.heatmaps import gate_means_figure, gate_names, states_figure
from explorer.show.plots.look import look_data
from explorer.show.plots.record import Figure, Panel
from explorer.show.plots.shown import Runs
from explorer.show.plots.stage_renderer import stage_block
from explorer.show.words import catalogue, say
from explorer.show.words.differences import value_text
from explorer.show.words.verdicts import clipping_sentence
from explorer.ui.deck.shared_figures import places, shown_pin, table_of, visible
from explorer.ui.deck.verdict import verdict_of
from explorer.ui.link.pins import Pin
from explorer.ui.work.runs import key_of
from explorer.ui.work.seeds import remembered
from explorer.ui.work.watching import watched

LECTURE_SCALE = 1.6  # of type and lines, so that the last row reads them
OF_EXPERIMENTS = ("pin", "drag")  # tools that run an experiment anew, as it is before any training
CACHE_BYTES = 12 * 2**20  # of each kind of block; a live one takes some 25 kB


@dataclass(frozen=True)
class Extras:
    """What lies on the page beside the live run.

    Attributes:
        slow: the unit (from 1) that the slow walk looks at; 0 where it is closed.
        seeds: over how many seeds the picture's first figure has a band; 0 for none.
        only: the one figure that is shown to a lecture hall, in larger type; empty for all of them.
    """

    compare: bool = False
    pins: tuple[Pin, ...] = ()
    drag: str = ""
    slow: int = 0
    seeds: int = 0
    only: str = ""


def setup() -> dict[str, Any]:
    """What the deck needs once: its texts and the look of figures."""
    return {"words": catalogue()["deck"] | {"column": catalogue()["deck_column"]}, "look": look_data()}


@dataclass(frozen=True)
class Library:
    """The arrays of the pins, which stay the same while the live run changes: sent once, and named from then on."""

    block: bytes
    digests: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.block)


@cached(LRUCache(CACHE_BYTES, getsizeof=len), condition=threading.Condition())
def library_of(pins: tuple[Pin, ...]) -> Library:
    block = Block()
    runs = [run for pin in pins if not pin.hidden and (run := shown_pin(pin)) is not None]
    if runs:
        for figure in figures_of([runs[0], *runs]):
            render(figure, block)
    return Library(block.bytes({"kind": "library", "arrays": block.arrays}), tuple(block.arrays))


def live_block(trace: Trace, extras: Extras) -> bytes:
    """All figures, the table of pins, what can be dragged, and what many seeds say if that is known by now."""
    return _live_block(extras, trace, remembered(trace.experiment, extras.seeds))


def _by_run(extras: Extras, trace: Trace, seen: Bands | None) -> tuple[Any, ...]:
    return key_of(trace), extras, seen is None


@cached(LRUCache(CACHE_BYTES, getsizeof=len), key=_by_run, condition=threading.Condition())
def _live_block(extras: Extras, trace: Trace, seen: Bands | None) -> bytes:
    experiment = trace.experiment
    block, rows = Block(library_of(extras.pins).digests), places(trace, extras.compare, extras.pins)
    figures = _with_lead(figures_of(visible(rows)), trace)
    if extras.seeds:
        figures[0] = with_seeds(figures[0], rows[0].run, extras.seeds, seen)
    header = {
        "kind": "live",
        "verdict": verdict_of(trace, extras.seeds, seen),
        "seeds": seeds_base(experiment, extras) if extras.seeds and seen is None else "",
        "figures": [render(figure, block) for figure in _presented(figures, extras.only)],
        "scale": LECTURE_SCALE if extras.only else 1,
        "pins": table_of(rows),
        "slow": bool(extras.slow),
        "drag": _drag(experiment, extras),
        "without": OF_EXPERIMENTS if trace.supplied else (),
    }
    return block.bytes(header)


def seeds_block(trace: Trace, extras: Extras, seen: Bands) -> bytes:
    """The first figure and the verdict once more, with what many seeds say."""
    block, rows = Block(library_of(extras.pins).digests), places(trace, extras.compare, extras.pins)
    figure = with_seeds(gradient_figure(visible(rows)), rows[0].run, extras.seeds, seen)
    verdict = verdict_of(trace, extras.seeds, seen)
    base = seeds_base(trace.experiment, extras)
    return block.bytes({"kind": "seeds", "base": base, "verdict": verdict, "figure": render(figure, block)})


def seeds_base(experiment: Experiment, extras: Extras) -> str:
    """A name for the picture that a block of seeds belongs to."""
    return hashlib.sha256(repr((experiment, extras)).encode()).hexdigest()[:16]


def _presented(figures: list[Figure], only: str) -> list[Figure]:
    """The one that a lecture hall sees, its lines bolder still than the scale makes them."""
    if not only:
        return figures
    chosen = [figure for figure in figures if figure.name == only] or figures[:1]
    return [replace(figure, panels=tuple(map(_bolder, figure.panels))) for figure in chosen]


def _bolder(panel: Panel) -> Panel:
    return replace(panel, series=tuple(replace(line, width=1.25 * line.width) for line in panel.series))


def _with_lead(figures: list[Figure], trace: Trace) -> list[Figure]:
    """Clipping, the last figure, says first what it did."""
    *others, clipping = figures
    return [*others, replace(clipping, caption=f"{clipping_sentence(trace)} {clipping.caption}")]


def _drag(experiment: Experiment, extras: Extras) -> dict[str, Any]:
    choices = [{"name": name, "label": say("label", name)} for name in sweepable(experiment)]
    on = extras.drag in sweepable(experiment)
    return {
        "parameter": extras.drag if on else "",
        "label": say("label", extras.drag) if on else "",
        "value": value_text(extras.drag, getattr(experiment, extras.drag)) if on else "",
        "choices": choices,
        "base": base_of(experiment, extras) if on else "",
    }


def base_of(experiment: Experiment, extras: Extras) -> str:
    """A name for what all lanes have in common; the same as long as only the dragged value changes."""
    values = sweep_values(extras.drag, experiment)
    rest = experiment.model_dump() | {extras.drag: None}
    said = repr((values, sorted(rest.items()), replace(extras, slow=0)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _by_base(trace: Trace, extras: Extras) -> str:
    return base_of(trace.experiment, extras)


@cached(LRUCache(CACHE_BYTES, getsizeof=len), key=_by_base, condition=threading.Condition())
def lanes_block(trace: Trace, extras: Extras) -> bytes:
    """The figures that move with the dragged value, for each of its values; a newer run of the session ends it."""
    return watched(_lanes(trace, extras))


def _lanes(trace: Trace, extras: Extras) -> Work[bytes]:
    e, block = trace.experiment, Block(library_of(extras.pins).digests)
    lanes: list[dict[str, Any]] = []
    gradients: list[Figure] = []
    values = sweep_values(extras.drag, e)
    for value, lane in sweep(e, extras.drag, values):
        yield len(lanes) / len(values)
        rows = places(lane, extras.compare, extras.pins)
        gradient, *others = moving_figures(visible(rows))
        gradients.append(with_seeds(gradient, rows[0].run, extras.seeds, None) if extras.seeds else gradient)
        lanes.append(
            {
                "value": value,
                "label": value_text(extras.drag, value),
                "verdict": verdict_of(lane, extras.seeds, waiting="elsewhere"),
                "cells": table_of(rows)["rows"][0]["cells"],
                "figures": [render(figure, block, compact=True) for figure in others],
            }
        )
    for frame, gradient in zip(lanes, spanning(gradients), strict=True):
        frame["figures"].insert(0, render(gradient, block))
    return block.bytes({"kind": "lanes", "base": base_of(e, extras), "lanes": lanes})


def moving_figures(runs: Runs) -> list[Figure]:
    """What moves under the finger: all but the gates of single units."""
    figures = [gradient_figure(runs), states_figure(runs[:1] if len(runs) == 1 else runs)]
    if gate_names(runs):
        figures.append(gate_means_figure(runs))
    return [*figures, *_with_lead([clipping_figure(runs)], runs[0].trace)]


@cached(
    LRUCache(CACHE_BYTES, getsizeof=len), key=lambda trace, unit: (key_of(trace), unit), condition=threading.Condition()
)
def slow_block(trace: Trace, unit: int) -> bytes:
    """The slow walk with the numbers of `unit` (from 1), or of the last one there is."""
    at = min(unit, trace.experiment.hidden_size) - 1
    return stage_block(trace, worked_steps(trace, at), at)
