"""A training that runs in slices while its page is shown, and keeps its record when it is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from explorer.engine.experiment import Experiment
from explorer.questions.training import History, Recorder, TrainingPlan, continue_training, train, twins

SLICE, LONGEST_SLICE = 0.15, 1.0  # seconds of training between two drawings
WORK_A_DRAWING = 5.0  # a slice is this many times as long as the time between two: drawing adds a fifth
LONGEST_BETWEEN = 0.5  # seconds: a longer gap is no drawing; the page was not shown


class Watched:
    """One training of a session, and what the user did with it.

    Attributes:
        experiment, asked: the network and the plan that the user started it with.
        compared: whether a twin without clipping is trained too.
        chosen: the iteration chosen in the figures, or 0.
        state: ``running``, ``paused``, ``stopped``, ``done`` (the plan's end) or ``ended`` (no lane is left).
        seconds: time spent training, without drawing.

    Raises:
        ExplorerError: the experiment or the plan cannot be trained.
    """

    def __init__(self, experiment: Experiment, plan: TrainingPlan, compared: bool) -> None:
        self.experiment, self.asked, self.compared = experiment, plan, compared
        self.state, self.seconds, self.chosen = "running", 0.0, 0
        self._recorder = Recorder(train(lanes_of(experiment, compared), plan))
        self._gap = self._rate = self._slice_end = 0.0
        self._lock = threading.Lock()

    @property
    def plan(self) -> TrainingPlan:
        """The plan with its present number of steps, which grows when the training is continued."""
        return self._recorder.training.plan

    @property
    def iteration(self) -> int:
        """Number of iterations done."""
        return self._recorder.training.iteration

    @property
    def running(self) -> bool:
        """Whether the state is ``running``."""
        return self.state == "running"

    @property
    def rate(self) -> float:
        """Recent iterations per second; 0 before the first."""
        return self._rate

    @property
    def seconds_left(self) -> float:
        """Estimated seconds to the plan's end, drawing included; infinite before the first iteration."""
        share = self._slice / (self._slice + self._gap)
        return (self.plan.steps - self.iteration) / (self.rate * share) if self.rate else float("inf")

    @property
    def axis_end(self) -> int:
        """The last iteration on the axis: the plan's end while running or paused, else the last one done."""
        return self.plan.steps if self.state in ("running", "paused") else max(2, self.iteration)

    def history(self) -> History:
        """The record so far."""
        return self._recorder.history()

    def advance(self) -> None:
        """Train for one slice, whose length follows from the time between the last slices.

        It calls nothing of Streamlit, so no newer run of the session interrupts an iteration. If another run is still
        training, as after a lost connection, it does nothing.
        """
        if not self.running:
            return
        between = time.perf_counter() - self._slice_end
        if between < LONGEST_BETWEEN:
            self._gap = 0.7 * self._gap + 0.3 * between if self._gap else between
        length = self._slice
        self._work(lambda began, done: time.perf_counter() - began < length)

    def step(self) -> None:
        """Train one iteration and pause."""
        if self.state in ("stopped", "done"):
            self.go_on(1 if self.state == "done" else 0)
        if self.state != "ended":
            self.state = "paused"
            self._work(lambda began, done: done < 1)

    def pause(self) -> None:
        """Pause a running training."""
        if self.state == "running":
            self.state = "paused"

    def stop(self) -> None:
        """Stop a running or paused training; it can be continued."""
        if self.state in ("running", "paused"):
            self.state = "stopped"

    def go_on(self, further: int = 0) -> None:
        """Continue. After the plan's end, add `further` iterations, or as many as the plan has."""
        if self.state == "done":
            self._recorder = continue_training(self.history(), further or self.plan.steps)
        if self.state != "ended":
            self.state = "running"

    @property
    def _slice(self) -> float:
        return min(LONGEST_SLICE, max(SLICE, WORK_A_DRAWING * self._gap))

    def _work(self, more: Callable[[float, int], bool]) -> None:
        if not self._lock.acquire(blocking=False):
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
            self.state = "stopped"  # the record stays, and the page does not retry by itself
            raise
        finally:
            self._slice_end = time.perf_counter()
            self._count(self.iteration - before, self._slice_end - began)
            self._lock.release()

    def _count(self, iterations: int, seconds: float) -> None:
        self.seconds += seconds
        if iterations:
            rate = iterations / seconds
            self._rate = 0.8 * self._rate + 0.2 * rate if self._rate else rate


def lanes_of(experiment: Experiment, compared: bool) -> list[Experiment]:
    """The experiments that are trained side by side, the clipped one first."""
    return twins(experiment) if compared else [experiment]
