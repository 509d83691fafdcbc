"""A training that is watched: it goes on in slices while somebody looks, and keeps all it has when nobody does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from explorer.engine.experiment import Experiment
from explorer.questions.training import History, Recorder, TrainingPlan, continue_training, train, twins

SLICE, LONGEST_SLICE = 0.15, 1.0  # seconds of work between two drawings
WORK_A_DRAWING = 5.0  # a slice is so many times as long as all that lies between two: the page adds a fifth
LONGEST_BETWEEN = 0.5  # seconds: what lasts longer is not a drawing, but somebody who looked elsewhere


class Watched:
    """One training of a session, and what its reader did with it.

    Attributes:
        experiment, asked: the network and the plan that were asked for.
        compared: whether its twin without clipping runs beside it.
        chosen: the iteration that was chosen in the figures, or 0.
        state: ``running``, ``paused``, ``stopped``, ``done`` (the plan's end) or ``ended`` (no lane is left).
        seconds: spent training, without what is drawn.
    """

    def __init__(self, experiment: Experiment, plan: TrainingPlan, compared: bool) -> None:
        self.experiment, self.asked, self.compared = experiment, plan, compared
        self.state, self.seconds, self.chosen = "running", 0.0, 0
        self._recorder = Recorder(train(lanes_of(experiment, compared), plan))
        self._between = self._rate = self._rested = 0.0
        self._turn = threading.Lock()

    @property
    def plan(self) -> TrainingPlan:
        return self._recorder.training.plan

    @property
    def iteration(self) -> int:
        """How many are done."""
        return self._recorder.training.iteration

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def rate(self) -> float:
        """Iterations a second, of late; 0 before the first."""
        return self._rate

    @property
    def seconds_left(self) -> float:
        """With the drawing that lies between."""
        share = self._slice / (self._slice + self._between)
        return (self.plan.steps - self.iteration) / (self.rate * share) if self.rate else float("inf")

    @property
    def axis_end(self) -> int:
        """The last iteration on the axis: the plan's while there is a way to go."""
        return self.plan.steps if self.state in ("running", "paused") else max(2, self.iteration)

    def history(self) -> History:
        return self._recorder.history()

    def advance(self) -> None:
        """One slice of work, as long as what lay between the last ones asks for.

        Nothing in it is of Streamlit's, so no newer run of the session interrupts an iteration; a run that comes while
        another is still at it, as after a lost connection, leaves it alone.
        """
        if not self.running:
            return
        between = time.perf_counter() - self._rested
        if between < LONGEST_BETWEEN:
            self._between = 0.7 * self._between + 0.3 * between if self._between else between
        length = self._slice
        self._work(lambda began, done: time.perf_counter() - began < length)

    def step(self) -> None:
        """One iteration, and pause."""
        if self.state in ("stopped", "done"):
            self.go_on(1 if self.state == "done" else 0)
        if self.state != "ended":
            self.state = "paused"
            self._work(lambda began, done: done < 1)

    def pause(self) -> None:
        if self.state == "running":
            self.state = "paused"

    def stop(self) -> None:
        if self.state in ("running", "paused"):
            self.state = "stopped"

    def go_on(self, further: int = 0) -> None:
        """On from where it is; from the plan's end by `further` iterations, or by as many as the plan first had."""
        if self.state == "done":
            self._recorder = continue_training(self.history(), further or self.plan.steps)
        if self.state != "ended":
            self.state = "running"

    @property
    def _slice(self) -> float:
        return min(LONGEST_SLICE, max(SLICE, WORK_A_DRAWING * self._between))

    def _work(self, more: Callable[[float, int], bool]) -> None:
        if not self._turn.acquire(blocking=False):
            return
        began, before = time.perf_counter(), self.iteration
        try:
            while more(began, self.iteration - before):
                if next(self._recorder, None) is None:
                    break
            if not self._recorder.training.running.any():
                self.state = "ended"
            elif self.iteration >= self.plan.steps:
                self.state = "done"
        except Exception:
            self.state = "stopped"  # what is recorded stays, and the page does not try it again by itself
            raise
        finally:
            self._rested = time.perf_counter()
            self._count(self.iteration - before, self._rested - began)
            self._turn.release()

    def _count(self, iterations: int, seconds: float) -> None:
        self.seconds += seconds
        if iterations:
            rate = iterations / seconds
            self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate


def lanes_of(experiment: Experiment, compared: bool) -> list[Experiment]:
    """What is trained side by side; the clipped one first."""
    return twins(experiment) if compared else [experiment]
