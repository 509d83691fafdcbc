"""Experiments that train side by side: which may, what they read, and where each parameter lies among a lane's P."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.streams import generator
from explorer.engine.experiment import Experiment, in_units, memory_budget, memory_estimate
from explorer.model.tasks import TASKS

OWN = {  # what a lane may have of its own
    *("init", "gain", "input_gain", "forget_bias", "update_bias", "bias_init", "clip", "clip_threshold", "seed"),
}
HELD_OUT = 128  # sequences at least; the standard error of a mean over them is an eleventh of one sequence's spread


def twins(experiment: Experiment) -> list[Experiment]:
    """The experiment with clipping and without; by norm where it says ``none``."""
    clipped = experiment if experiment.clip != "none" else experiment.replace(clip="norm")
    return [clipped, experiment.replace(clip="none")]


def as_lanes(experiments: Experiment | Iterable[Experiment]) -> tuple[Experiment, ...]:
    """One experiment or many as lanes of one pass.

    Raises:
        ExplorerError: there is none, they differ in more than `OWN`, or do not fit into memory together.
    """
    lanes = (experiments,) if isinstance(experiments, Experiment) else tuple(experiments)
    if not lanes:
        raise ExplorerError("experiments", "must be at least one", "none")
    first = lanes[0]
    for e in lanes[1:]:
        idle = first.without_effect & e.without_effect
        for name in Experiment.model_fields.keys() - OWN - idle:
            if getattr(e, name) != getattr(first, name):
                got = f"{getattr(first, name)} and {getattr(e, name)}"
                raise ExplorerError(name, "must be the same for all experiments of one training", got)
    estimate, budget = len(lanes) * memory_estimate(first), memory_budget()
    if estimate > budget:
        rule = f"need about {in_units(estimate)} of arrays together, and the budget is {in_units(budget)}"
        raise ExplorerError("experiments", rule, f"{len(lanes)} lanes", "Train fewer at once.")
    return lanes


@dataclass(frozen=True)
class Layout:
    """Where each parameter lies among the P of a lane.

    Attributes:
        shapes: torch's, by name, in the order in which they lie.
    """

    shapes: Mapping[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        return sum(prod(shape) for shape in self.shapes.values())

    def views(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """(K, P) → parameter → (K, …), without a copy."""
        views, at = {}, 0
        for name, shape in self.shapes.items():
            size = prod(shape)
            views[name] = flat[:, at : at + size].reshape(len(flat), *shape)
            at += size
        return views


def read_batch(e: Experiment, iteration: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (T, B, I) and targets (n, B, …) of one iteration: a stream of its own, so it depends on no other."""
    return _drawn(e, generator(e.seed, "batch", iteration))


def held_out(e: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Sequences that no iteration reads: at least `HELD_OUT`, or as many as a batch holds where memory is short.

    Text and prices are one series each, so there these are other windows of the same series.
    """
    wide = max(e.batch_size, HELD_OUT)
    if memory_estimate(e) * wide > memory_budget() * e.batch_size:
        wide = e.batch_size
    return _drawn(e, generator(e.seed, "held out"), wide)


def _drawn(e: Experiment, rng: np.random.Generator, wide: int = 0) -> tuple[np.ndarray, np.ndarray]:
    request = e.task_request
    if wide:
        request = type(request)(e.seq_len, wide, e.input_size, e.text)
    batch = TASKS[e.task].draw(rng, request)
    return batch.inputs, batch.targets[-1:] if e.loss_at == "last" else batch.targets


def side_by_side(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """(T, B, …) of each lane → (T, K, B, …)."""
    return arrays[0][:, None] if len(arrays) == 1 else np.stack(arrays, axis=1)


def baseline(e: Experiment) -> float:
    """The loss of the best answer that remembers nothing, or NaN where none is known; in the unit of this loss."""
    return TASKS[e.task].baseline(e.task_request, e.seq_len if e.loss_at == "every" else 1)
