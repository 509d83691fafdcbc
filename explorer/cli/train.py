"""``train``: a training from the command line, which leaves a whole file however it ends."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.cli.flags import add_flags, chosen_experiment, preset_named, said
from explorer.cli.progress import CLEAR, bar, clear
from explorer.engine.experiment import Experiment
from explorer.questions.clipping_trial import clipping_trial
from explorer.questions.training import History, Recorder, TrainingPlan, continue_training, train, twins
from explorer.show.export.training_report import training_report
from explorer.show.words import say
from explorer.show.words.numbers import short
from explorer.show.words.trainings import ending_sentence, lane_name, outcome_sentence
from explorer.show.words.trials import verdict_sentence

FLUSH_EVERY = 0.7  # seconds from one writing of the file to the next, so that with the writing it is a second at most
SHOW_EVERY = 0.2  # seconds, on a terminal
INTERRUPTED = 130  # the exit status that shells give to Ctrl-C


def add_train(commands: Any) -> None:
    """The command and its flags."""
    parser = commands.add_parser(
        "train", help=say("train", "train"), description=say("train", "train"), allow_abbrev=False
    )
    parser.add_argument("preset", nargs="?", help=say("command", "preset"))
    add_flags(parser, Experiment)
    add_flags(parser, TrainingPlan)
    parser.add_argument("--compare-unclipped", action="store_true", help=say("train", "compare"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=say("train", "out"))
    parser.add_argument(
        "--continue", dest="go_on", nargs="?", type=Path, const=Path(), metavar="FILE", help=say("train", "continue")
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help=say("train", "html"))
    parser.set_defaults(action=run_train)


def run_train(chosen: argparse.Namespace) -> int:
    """Exit status: 0 trained to the end, 130 stopped by Ctrl-C."""
    recorder, out = _begun(chosen)
    stopped = _trained(recorder, out)
    history = recorder.history()
    _print_outcome(history)
    if chosen.html is not None:
        _written("html", chosen.html, lambda: chosen.html.write_text(training_report(history), encoding="utf-8"))
    if not stopped:
        return 0
    print(say("train", "stopped", iteration=f"{history.iterations:,}"), file=sys.stderr)
    if out is not None:
        print(say("train", "go_on", path=out), file=sys.stderr)
    return INTERRUPTED


def _begun(chosen: argparse.Namespace) -> tuple[Recorder, Path | None]:
    """A new training, or the one in the file that was named; and the file that it goes to."""
    if chosen.go_on is None:
        return Recorder(train(_experiments(chosen), _plan(chosen))), chosen.out
    source = chosen.out if chosen.go_on == Path() else chosen.go_on
    if source is None:
        raise ExplorerError("continue", "must name the file of a training, or stand beside --out", "nothing")
    changed = {**said(chosen, Experiment), **said(chosen, TrainingPlan)}
    for name in changed.keys() - {"steps"}:
        raise ExplorerError(name, "cannot be changed where a training goes on", changed[name], "Leave it out.")
    if chosen.preset is not None or chosen.compare_unclipped:
        got = chosen.preset or "--compare-unclipped"
        raise ExplorerError("continue", "takes its experiments from the file", got, "Leave it out.")
    history = History.load(source)
    plan = history.plan.replace(**changed)
    if plan.steps < history.iterations:
        raise ExplorerError("steps", f"must be at least the {history.iterations} that are done", plan.steps)
    return continue_training(history, plan.steps - history.iterations), chosen.out or source


def _experiments(chosen: argparse.Namespace) -> list[Experiment]:
    experiment = chosen_experiment(chosen)
    if not chosen.compare_unclipped:
        return [experiment]
    if experiment.clip == "none":
        raise ExplorerError("clip", "must be norm or value to be compared with none", "none", "Try --clip norm.")
    return twins(experiment)


def _plan(chosen: argparse.Namespace) -> TrainingPlan:
    preset = preset_named(chosen.preset)
    plan = (preset and preset.training) or TrainingPlan()
    return plan.replace(**said(chosen, TrainingPlan))


def _trained(recorder: Recorder, out: Path | None) -> bool:
    """Trains to the end, or until Ctrl-C; then it says True. The file is whole at every moment."""
    _save(recorder, out)
    flushed = shown = started = time.monotonic()
    before = recorder.training.iteration
    with _asked_to_stop() as asked:
        for step in recorder:
            now = time.monotonic()
            if now - flushed >= FLUSH_EVERY:
                _save(recorder, out)
                flushed = now
            if sys.stderr.isatty() and now - shown >= SHOW_EVERY:
                pace = (now - started) / (step.iteration - before)
                print("\r" + _progress(recorder, step.loss, pace), end=CLEAR, file=sys.stderr, flush=True)
                shown = now
            if asked():
                break
    if sys.stderr.isatty():
        clear()
    _save(recorder, out)
    return asked()


def _progress(recorder: Recorder, loss: np.ndarray, pace: float) -> str:
    done, steps = recorder.training.iteration, recorder.training.plan.steps
    losses = " · ".join(short(value) for value in loss)
    left = f"{pace * (steps - done):.0f}"
    return say("train", "progress", bar=bar(done / steps), done=f"{done:,}", steps=f"{steps:,}", loss=losses, left=left)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Ctrl-C is a wish that is granted after the step that runs; a second one ends the process at once."""
    wishes: list[int] = []

    def wish(number: int, frame: object) -> None:
        wishes.append(number)
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(wishes)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _save(recorder: Recorder, out: Path | None) -> None:
    if out is not None:
        _written("out", out, lambda: recorder.history().save(out))


def _written(name: str, path: Path, write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as failure:
        raise ExplorerError(name, "must be a place that can be written", str(path)) from failure


def _print_outcome(history: History) -> None:
    """What became of each lane, and of clipping."""
    for lane, e in enumerate(history.experiments):
        print(f"{lane_name(e)}: {outcome_sentence(history, lane)}")
        ending = history.endings[lane]
        if ending is not None:
            print(f"  {ending_sentence(ending)}")
        if e.clip != "none" and history.iterations:
            numbers = history.norm_before[:, lane], history.factor[:, lane], history.cosine[:, lane]
            until = ending.iteration if ending else history.iterations
            print(f"  {verdict_sentence(clipping_trial(e.clip, e.clip_threshold, *(n[:until] for n in numbers)))}")
