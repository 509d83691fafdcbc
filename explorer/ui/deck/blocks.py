"""The blocks of bytes that the deck draws: the page's live state, and the lanes of a drag. Cached for all sessions."""

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

LECTURE_SCALE = 1.6  # of type and lines, to be readable in the last row
OF_EXPERIMENTS = ("pin", "drag")  # tools that run the untrained experiment
CACHE_BYTES = 12 * 2**20  # per kind of block; a live one takes about 25 kB


@dataclass(frozen=True)
class Extras:
    """What the page shows beside the live run.

    Attributes:
        compare: whether the other cells are shown too. pins: the pinned runs. drag: the dragged parameter, or "".
        slow: the unit (from 1) that the slow walk shows; 0 if it is closed.
        seeds: the number of seeds of the first figure's band; 0 for none.
        only: the one figure that is shown, enlarged for a lecture hall; "" for all.
    """

    compare: bool = False
    pins: tuple[Pin, ...] = ()
    drag: str = ""
    slow: int = 0
    seeds: int = 0
    only: str = ""


def setup() -> dict[str, Any]:
    """The data that the deck needs once: its texts and the look of figures."""
    return {"words": catalogue()["deck"] | {"column": catalogue()["deck_column"]}, "look": look_data()}


@dataclass(frozen=True)
class Library:
    """The arrays of the pins. They do not change with the live run: they are sent once, then named by their digests."""

    block: bytes
    digests: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.block)


@cached(LRUCache(CACHE_BYTES, getsizeof=len), condition=threading.Condition())
def library_of(pins: tuple[Pin, ...]) -> Library:
    """The arrays of all visible pins that can be run, cached."""
    block = Block()
    runs = [run for pin in pins if not pin.hidden and (run := shown_pin(pin)) is not None]
    if runs:
        for figure in figures_of([runs[0], *runs]):
            render(figure, block)
    return Library(block.bytes({"kind": "library", "arrays": block.arrays}), tuple(block.arrays))


def live_block(trace: Trace, extras: Extras) -> bytes:
    """All figures, the table of pins, the draggable parameters, and the seeds' bands if they are cached."""
    return _live_block(extras, trace, remembered(trace.experiment, extras.seeds))


def _run_key(extras: Extras, trace: Trace, seed_bands: Bands | None) -> tuple[Any, ...]:
    return key_of(trace), extras, seed_bands is None


@cached(LRUCache(CACHE_BYTES, getsizeof=len), key=_run_key, condition=threading.Condition())
def _live_block(extras: Extras, trace: Trace, seed_bands: Bands | None) -> bytes:
    experiment = trace.experiment
    block, rows = Block(library_of(extras.pins).digests), places(trace, extras.compare, extras.pins)
    figures = _with_lead(figures_of(visible(rows)), trace)
    if extras.seeds:
        figures[0] = with_seeds(figures[0], rows[0].run, extras.seeds, seed_bands)
    header = {
        "kind": "live",
        "verdict": verdict_of(trace, extras.seeds, seed_bands),
        "seeds": seeds_base(experiment, extras) if extras.seeds and seed_bands is None else "",
        "figures": [render(figure, block) for figure in _for_lecture(figures, extras.only)],
        "scale": LECTURE_SCALE if extras.only else 1,
        "pins": table_of(rows),
        "slow": bool(extras.slow),
        "drag": _drag(experiment, extras),
        "without": OF_EXPERIMENTS if trace.supplied else (),
    }
    return block.bytes(header)


def seeds_block(trace: Trace, extras: Extras, seed_bands: Bands) -> bytes:
    """The first figure and the verdict again, now with the bands over many seeds."""
    block, rows = Block(library_of(extras.pins).digests), places(trace, extras.compare, extras.pins)
    figure = with_seeds(gradient_figure(visible(rows)), rows[0].run, extras.seeds, seed_bands)
    verdict = verdict_of(trace, extras.seeds, seed_bands)
    base = seeds_base(trace.experiment, extras)
    return block.bytes({"kind": "seeds", "base": base, "verdict": verdict, "figure": render(figure, block)})


def seeds_base(experiment: Experiment, extras: Extras) -> str:
    """A digest that names the picture to which a block of seeds belongs."""
    return hashlib.sha256(repr((experiment, extras)).encode()).hexdigest()[:16]


def _for_lecture(figures: list[Figure], only: str) -> list[Figure]:
    """The figure for the lecture hall, with lines bolder than the scale makes them; all figures without `only`."""
    if not only:
        return figures
    chosen = [figure for figure in figures if figure.name == only] or figures[:1]
    return [replace(figure, panels=tuple(map(_bolder, figure.panels))) for figure in chosen]


def _bolder(panel: Panel) -> Panel:
    return replace(panel, series=tuple(replace(line, width=1.25 * line.width) for line in panel.series))


def _with_lead(figures: list[Figure], trace: Trace) -> list[Figure]:
    """Put the sentence about clipping before the caption of the last figure, the one of clipping."""
    *others, clipping = figures
    return [*others, replace(clipping, lead=clipping_sentence(trace))]


def _drag(experiment: Experiment, extras: Extras) -> dict[str, Any]:
    choices = [{"name": name, "label": say("label", name)} for name in sweepable(experiment)]
    is_sweepable = extras.drag in sweepable(experiment)
    return {
        "parameter": extras.drag if is_sweepable else "",
        "label": say("label", extras.drag) if is_sweepable else "",
        "value": value_text(extras.drag, getattr(experiment, extras.drag)) if is_sweepable else "",
        "choices": choices,
        "base": base_of(experiment, extras) if is_sweepable else "",
    }


def base_of(experiment: Experiment, extras: Extras) -> str:
    """A digest of all that the lanes share; it stays the same while only the dragged value changes."""
    values = sweep_values(extras.drag, experiment)
    rest = experiment.model_dump() | {extras.drag: None}
    text = repr((values, sorted(rest.items()), replace(extras, slow=0)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _base_key(trace: Trace, extras: Extras) -> str:
    return base_of(trace.experiment, extras)


@cached(LRUCache(CACHE_BYTES, getsizeof=len), key=_base_key, condition=threading.Condition())
def lanes_block(trace: Trace, extras: Extras) -> bytes:
    """The figures that follow the dragged value, for each of its values; a newer run of the session ends the work."""
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
                "verdict": verdict_of(lane, extras.seeds, waiting="elsewhere", tried=False),
                "cells": table_of(rows)["rows"][0]["cells"],
                "figures": [render(figure, block, compact=True) for figure in others],
            }
        )
    for frame, gradient in zip(lanes, spanning(gradients), strict=True):
        frame["figures"].insert(0, render(gradient, block))
    return block.bytes({"kind": "lanes", "base": base_of(e, extras), "lanes": lanes})


def moving_figures(runs: Runs) -> list[Figure]:
    """The figures that follow a drag: all but the gates of single units."""
    figures = [gradient_figure(runs), states_figure(runs[:1] if len(runs) == 1 else runs)]
    if gate_names(runs):
        figures.append(gate_means_figure(runs))
    return [*figures, *_with_lead([clipping_figure(runs)], runs[0].trace)]


@cached(
    LRUCache(CACHE_BYTES, getsizeof=len), key=lambda trace, unit: (key_of(trace), unit), condition=threading.Condition()
)
def slow_block(trace: Trace, unit: int) -> bytes:
    """The slow walk with the numbers of `unit` (counted from 1, at most the last one)."""
    index = min(unit, trace.experiment.hidden_size) - 1
    return stage_block(trace, worked_steps(trace, index), index)
