"""The command ``train``: train from the command line. The output file is valid however the process ends."""

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
from explorer.cli.flags import add_flags, chosen_experiment, given_parameters, preset_named
from explorer.cli.progress import CLEAR, bar, clear, watched
from explorer.engine.experiment import Experiment
from explorer.questions.clipping_trial import clipping_trial
from explorer.questions.threshold_twin import tried_suggestion
from explorer.questions.training import History, Recorder, TrainingPlan, continue_training, train, twins
from explorer.show.export.training_report import training_report
from explorer.show.words import say
from explorer.show.words.numbers import short
from explorer.show.words.trainings import ending_sentence, lane_name, outcome_sentence
from explorer.show.words.trials import suggestion_sentence, verdict_sentence

FLUSH_EVERY = 0.7  # seconds between two writes of the file; with the write itself at most one second is lost
SHOW_EVERY = 0.2  # seconds between two drawings of the progress bar
INTERRUPTED = 130  # the exit status that shells give to Ctrl-C


def add_train(commands: Any) -> None:
    """Add the command and its flags to the parser's subcommands."""
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


def run_train(args: argparse.Namespace) -> int:
    """Train, print the outcome, and write the requested files.

    Returns:
        The exit status: 0 trained to the end, 130 stopped by Ctrl-C.

    Raises:
        ExplorerError: an argument breaks a rule, or a file cannot be read or written.
    """
    recorder, out = _recorder_and_file(args)
    stopped = _train(recorder, out)
    history = recorder.history()
    _print_outcome(history, stopped)
    if args.html is not None:
        _write("html", args.html, lambda: args.html.write_text(training_report(history), encoding="utf-8"))
    if not stopped:
        return 0
    print(say("train", "stopped", iteration=f"{history.iterations:,}"), file=sys.stderr)
    if out is not None:
        print(say("train", "go_on", path=out), file=sys.stderr)
    return INTERRUPTED


def _recorder_and_file(args: argparse.Namespace) -> tuple[Recorder, Path | None]:
    """A recorder of a new training, or of the one to be continued; and the output file."""
    if args.go_on is None:
        return Recorder(train(_experiments(args), _plan(args))), args.out
    source = args.out if args.go_on == Path() else args.go_on
    if source is None:
        raise ExplorerError("continue", "must name the file of a training, or stand beside --out", "nothing")
    changes = {**given_parameters(args, Experiment), **given_parameters(args, TrainingPlan)}
    for name in changes.keys() - {"steps"}:
        raise ExplorerError(name, "cannot be changed where a training goes on", changes[name], "Leave it out.")
    if args.preset is not None or args.compare_unclipped:
        got = args.preset or "--compare-unclipped"
        raise ExplorerError("continue", "takes its experiments from the file", got, "Leave it out.")
    history = History.load(source)
    plan = history.plan.replace(**changes)
    if plan.steps < history.iterations:
        raise ExplorerError("steps", f"must be at least the {history.iterations} that are done", plan.steps)
    return continue_training(history, plan.steps - history.iterations), args.out or source


def _experiments(args: argparse.Namespace) -> list[Experiment]:
    experiment = chosen_experiment(args)
    if not args.compare_unclipped:
        return [experiment]
    if experiment.clip == "none":
        raise ExplorerError("clip", "must be norm or value to be compared with none", "none", "Try --clip norm.")
    return twins(experiment)


def _plan(args: argparse.Namespace) -> TrainingPlan:
    preset = preset_named(args.preset)
    plan = (preset and preset.training) or TrainingPlan()
    return plan.replace(**given_parameters(args, TrainingPlan))


def _train(recorder: Recorder, out: Path | None) -> bool:
    """Train to the end or until Ctrl-C; return whether it was stopped. The file is valid at every moment."""
    _save(recorder, out)
    last_flush = last_drawing = started = time.monotonic()
    first_iteration = recorder.training.iteration
    with _stop_on_interrupt() as is_stopped:
        for step in recorder:
            now = time.monotonic()
            if now - last_flush >= FLUSH_EVERY:
                _save(recorder, out)
                last_flush = now
            if sys.stderr.isatty() and now - last_drawing >= SHOW_EVERY:
                pace = (now - started) / (step.iteration - first_iteration)
                print("\r" + _progress(recorder, step.loss, pace), end=CLEAR, file=sys.stderr, flush=True)
                last_drawing = now
            if is_stopped():
                break
    if sys.stderr.isatty():
        clear()
    _save(recorder, out)
    return is_stopped()


def _progress(recorder: Recorder, loss: np.ndarray, pace: float) -> str:
    done, steps = recorder.training.iteration, recorder.training.plan.steps
    losses = " · ".join(short(value) for value in loss)
    left = f"{pace * (steps - done):.0f}"
    return say("train", "progress", bar=bar(done / steps), done=f"{done:,}", steps=f"{steps:,}", loss=losses, left=left)


@contextmanager
def _stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C or SIGTERM came. A second one ends the process at once."""
    interrupts: list[int] = []

    def note(number: int, frame: object) -> None:
        interrupts.append(number)
        signal.signal(number, handlers[signal.Signals(number)])

    handlers = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(interrupts)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _save(recorder: Recorder, out: Path | None) -> None:
    if out is not None:
        _write("out", out, lambda: recorder.history().save(out))


def _write(name: str, path: Path, write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as failure:
        raise ExplorerError(name, "must be a place that can be written", str(path)) from failure


def _print_outcome(history: History, stopped: bool) -> None:
    """Print how each lane ended, what clipping did, and which threshold is suggested."""
    for lane, e in enumerate(history.experiments):
        print(f"{lane_name(e)}: {outcome_sentence(history, lane)}")
        ending = history.endings[lane]
        if ending is not None:
            print(f"  {ending_sentence(ending)}")
        if e.clip != "none" and history.iterations:
            _print_trial(history, lane, stopped)


def _print_trial(history: History, lane: int, stopped: bool) -> None:
    """Print the trial of a clipped lane. A suggestion is tried first, but not where the user wants to be gone."""
    e, ending = history.experiments[lane], history.endings[lane]
    numbers = history.norm_before[:, lane], history.factor[:, lane], history.cosine[:, lane]
    until = ending.iteration if ending else history.iterations
    trial = clipping_trial(e.clip, e.clip_threshold, *(n[:until] for n in numbers))
    print(f"  {verdict_sentence(trial)}")
    threshold = trial.suggestion.threshold
    tried = None
    if threshold is not None and not stopped:
        tried = watched(tried_suggestion.steps(history, threshold, lane))
    print(f"  {suggestion_sentence(trial, tried)}")
