"""Collects the steps of a training into a `History`, which is available at any time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import in_units, memory_budget
from explorer.questions.training.history import NUMBERS, History
from explorer.questions.training.loop import Training
from explorer.questions.training.record import Checkpoint, Step

FIRST_ROWS = 256
CHECKPOINT_EVERY = 25  # iterations, at first
MOST_CHECKPOINTS, MOST_BYTES = 64, 2**27


class Recorder(Iterator[Step]):
    """Yields a training's steps and records them.

    A history is a view of the recorder's arrays, so it costs little; later steps do not change it.

    Raises:
        ExplorerError: the record of the whole plan would not fit into half of the memory budget.
    """

    def __init__(self, training: Training, so_far: History | None = None) -> None:
        self.training = training
        _check_memory(training)
        self._rows = 0
        self._arrays: dict[str, np.ndarray] = {}
        self._eval_at: list[int] = []
        self._eval_loss: list[np.ndarray] = []
        self._checkpoints = [training.checkpoint()] if so_far is None else _regular_checkpoints(so_far)
        start = self._checkpoints[0]
        self._limit = max(2, min(MOST_CHECKPOINTS, MOST_BYTES // (start.weights.nbytes + start.slots.nbytes)))
        self._interval = CHECKPOINT_EVERY
        if so_far is not None:
            self._take_over(so_far)

    def __next__(self) -> Step:
        step = next(self.training)
        self._add(step)
        return step

    def history(self) -> History:
        """The history of all steps until now."""
        training, n = self.training, self._rows
        checkpoints = self._checkpoints
        if checkpoints[-1].iteration != training.iteration:
            checkpoints = [*checkpoints, training.checkpoint()]
        K = len(training.experiments)
        arrays = self._arrays or _empty_arrays(training, 0)
        return History(
            training.experiments,
            training.plan,
            training.layout,
            **{name: rows[:n] for name, rows in arrays.items()},
            endings=tuple(training.checkpoint().endings),
            eval_at=np.array(self._eval_at, dtype=np.int64),
            eval_loss=np.array(self._eval_loss, dtype=np.float64).reshape(len(self._eval_at), K),
            checkpoint_at=np.array([c.iteration for c in checkpoints], dtype=np.int64),
            checkpoint_weights=np.stack([c.weights for c in checkpoints]),
            checkpoint_slots=np.stack([c.slots for c in checkpoints]),
        )

    def _add(self, step: Step) -> None:
        self._make_room(self._rows + 1)
        for name, rows in self._arrays.items():
            rows[self._rows] = getattr(step, name)
        self._rows += 1
        if step.eval_loss is not None:
            self._eval_at.append(step.iteration)
            self._eval_loss.append(step.eval_loss)
        if step.iteration % self._interval == 0:
            self._add_checkpoint(self.training.checkpoint())

    def _add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Add one; where there are too many, drop every other one."""
        self._checkpoints.append(checkpoint)
        while len(self._checkpoints) > self._limit:
            self._interval *= 2
            self._checkpoints = [c for c in self._checkpoints if c.iteration % self._interval == 0]

    def _make_room(self, rows: int) -> None:
        capacity = len(next(iter(self._arrays.values()))) if self._arrays else 0
        if rows <= capacity:
            return
        larger = _empty_arrays(self.training, min(max(FIRST_ROWS, 2 * rows), max(rows, self.training.plan.steps)))
        for name, values in self._arrays.items():
            larger[name][: self._rows] = values[: self._rows]
        self._arrays = larger

    def _take_over(self, so_far: History) -> None:
        self._make_room(so_far.iterations)
        self._rows = so_far.iterations
        for name, rows in self._arrays.items():
            rows[: self._rows] = getattr(so_far, name)
        self._eval_at, self._eval_loss = so_far.eval_at.tolist(), list(so_far.eval_loss)
        self._interval = self._interval_after(so_far.iterations)

    def _interval_after(self, iterations: int) -> int:
        """The number of iterations between two checkpoints, after `iterations` in all."""
        interval = CHECKPOINT_EVERY
        while iterations // interval + 1 > self._limit:
            interval *= 2
        return interval


def _regular_checkpoints(history: History) -> list[Checkpoint]:
    """The checkpoints that an uninterrupted training would have too."""
    checkpoints = [history.checkpoint(index) for index in range(len(history.checkpoint_at))]
    return [c for c in checkpoints if c.iteration % CHECKPOINT_EVERY == 0]


def _empty_arrays(training: Training, rows: int) -> dict[str, np.ndarray]:
    K, T = len(training.experiments), training.experiments[0].seq_len
    numbers = {name: np.empty((rows, K)) for name in NUMBERS}
    return {**numbers, "log10_state_grad_norm": np.empty((rows, K, T + 1), dtype=np.float32)}


def _check_memory(training: Training) -> None:
    K, T = len(training.experiments), training.experiments[0].seq_len
    size, limit = training.plan.steps * K * (4 * (T + 1) + 8 * len(NUMBERS)), memory_budget() // 2
    if size > limit:
        rule = f"need about {in_units(size)} to be recorded, and half the budget is {in_units(limit)}"
        hint = f"Try {max(1, limit // (size // training.plan.steps))}."
        raise ExplorerError("steps", rule, training.plan.steps, hint)


def continue_training(history: History, steps: int) -> Recorder:
    """A recorder that continues `history` by `steps` iterations, with the same numbers as an uninterrupted training.

    Raises:
        ExplorerError: the plan would have too many iterations, or its record would not fit into memory.
    """
    plan = history.plan.replace(steps=history.iterations + steps)
    return Recorder(Training(history.experiments, plan, history.layout, history.checkpoint()), history)
