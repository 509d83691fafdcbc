"""Experiments that train side by side: which ones may, their batches, and the layout of a lane's P parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.streams import generator
from explorer.engine.experiment import Experiment, in_units, memory_budget, memory_estimate
from explorer.model.tasks import TASKS

OWN = {  # parameters that may differ between lanes
    *("init", "gain", "input_gain", "forget_bias", "update_bias", "bias_init", "clip", "clip_threshold", "seed"),
}
HELD_OUT = 128  # least number of sequences; the standard error of their mean is an eleventh of one sequence's spread


def twins(experiment: Experiment) -> list[Experiment]:
    """The experiment with clipping and without; with its own mode of clipping, or ``norm`` where that is ``none``."""
    clipped = experiment if experiment.clip != "none" else experiment.replace(clip="norm")
    return [clipped, experiment.replace(clip="none")]


def as_lanes(experiments: Experiment | Iterable[Experiment]) -> tuple[Experiment, ...]:
    """Check that one experiment or many can be lanes of one pass, and return them.

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
    """Where each parameter lies among a lane's P numbers.

    Attributes:
        shapes: parameter → torch's shape, in the order of storage.
    """

    shapes: Mapping[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        """P."""
        return sum(prod(shape) for shape in self.shapes.values())

    def views(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """(K, P) → parameter → (K, …), without a copy."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            size = prod(shape)
            views[name] = flat[:, start : start + size].reshape(len(flat), *shape)
            start += size
        return views


def read_batch(e: Experiment, iteration: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (T, B, I) and targets (n, B, …) of one iteration, from a random stream of its own."""
    return _draw(e, generator(e.seed, "batch", iteration))


def held_out(e: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets of sequences that no iteration reads: `HELD_OUT` or a batch, whichever is larger.

    Where memory is short they are one batch. Text and prices are one series each; there they are other windows of it.
    """
    sequences = max(e.batch_size, HELD_OUT)
    if memory_estimate(e) * sequences > memory_budget() * e.batch_size:
        sequences = e.batch_size
    return _draw(e, generator(e.seed, "held out"), sequences)


def _draw(e: Experiment, rng: np.random.Generator, sequences: int = 0) -> tuple[np.ndarray, np.ndarray]:
    request = e.task_request
    if sequences:
        request = type(request)(e.seq_len, sequences, e.input_size, e.text)
    batch = TASKS[e.task].draw(rng, request)
    return batch.inputs, batch.targets[-1:] if e.loss_at == "last" else batch.targets


def side_by_side(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Stack the arrays (T, B, …) of the lanes into one (T, K, B, …)."""
    return arrays[0][:, None] if len(arrays) == 1 else np.stack(arrays, axis=1)


def baseline(e: Experiment) -> float:
    """The loss of the best prediction without memory, in the unit of the experiment's loss; NaN where not known."""
    return TASKS[e.task].baseline(e.task_request, e.seq_len if e.loss_at == "every" else 1)
