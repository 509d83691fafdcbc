"""``train`` from the command line: what it prints, and that its file is valid however the process ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.cli.main import main
from explorer.engine.experiment import Experiment
from explorer.questions.training import History, Recorder, train
from explorer.questions.training.history import ARRAYS

ROOT = Path(__file__).parent.parent.parent
SMALL = ["--cell", "gru", "--task", "adding", "--seq-len", "20", "--hidden-size", "6", "--batch-size", "2"]
PLAN = ["--clip", "norm", "--clip-threshold", "0.1", "--evaluate-every", "40"]


def same(a, b):
    assert a.endings == b.endings
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def test_a_preset_is_trained_and_its_twin_ends(tmp_path, capsys):
    out, page = tmp_path / "run.npz", tmp_path / "report.html"
    flags = ["--compare-unclipped", "--steps", "5", "--evaluate-every", "5", "--out", str(out), "--html", str(page)]
    assert main(["train", "saved-by-clipping", *flags]) == 0
    said = capsys.readouterr().out
    assert "Clipped at norm 1.00: the loss on held-out sequences is" in said
    assert "It ended at iteration 2" in said
    history = History.load(out)
    assert history.iterations == 5
    assert [e.clip for e in history.experiments] == ["norm", "none"]
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure") >= 4
    assert "It ended at iteration 2" in text
    assert 'src="http' not in text


def test_a_threshold_is_suggested_after_a_twin_has_tried_it(capsys):
    flags = [*SMALL, "--clip", "norm", "--clip-threshold", "100"]
    assert main(["train", *flags, "--steps", "30"]) == 0
    said = capsys.readouterr().out
    assert "Without effect: no step of 30 was clipped at 100" in said
    assert "Suggested threshold: " in said
    assert "A twin tried it for 30 iterations from the start: the loss went from" in said
    assert main(["train", *SMALL, *PLAN, "--steps", "30"]) == 0
    assert (
        "No threshold is suggested. More than a quarter of the steps were clipped at 0.100" in capsys.readouterr().out
    )


def test_a_training_that_was_stopped_is_not_followed_by_a_twin(capsys):
    from explorer.cli.train import _print_outcome

    e = Experiment(task="adding", seq_len=20, hidden_size=6, batch_size=2, clip="norm", clip_threshold=100.0)
    recorder = Recorder(train(e, steps=30))
    list(recorder)
    _print_outcome(recorder.history(), stopped=True)
    said = capsys.readouterr().out
    assert "It is untried" in said and "A twin" not in said


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
def test_what_is_stopped_goes_on_to_the_same_numbers(number, tmp_path, capsys):
    out, whole = tmp_path / "run.npz", tmp_path / "whole.npz"
    endless = [sys.executable, "-m", "explorer", "train", *SMALL, *PLAN, "--steps", "100000", "--compare-unclipped"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([*endless, "--out", str(out)], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not (out.exists() and History.load(out).iterations > 60):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        told = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    done = History.load(out).iterations
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert f"Stopped after iteration {done:,}" in told
        assert "Traceback" not in told
    steps = ["--steps", str(done + 30)]
    assert main(["train", "--continue", str(out), *steps]) == 0
    assert main(["train", *SMALL, *PLAN, "--compare-unclipped", *steps, "--out", str(whole)]) == 0
    same(History.load(out), History.load(whole))
    assert [path for path in tmp_path.iterdir() if path not in (out, whole) and number == signal.SIGINT] == []


def test_the_file_is_flushed_every_second(tmp_path, monkeypatch):
    """With a fake clock: a kill at any moment loses at most a second of training."""
    from explorer.cli import train as train_command

    now, ages, saved = [0.0], [], [0.0]
    monkeypatch.setattr(train_command.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(train_command, "_save", lambda recorder, out: saved.__setitem__(0, now[0]))

    class Slow(train_command.Recorder):
        def __next__(self):
            ages.append(now[0] - saved[0])
            now[0] += 0.1
            return super().__next__()

    monkeypatch.setattr(train_command, "Recorder", Slow)
    assert main(["train", *SMALL, "--steps", "40", "--out", str(tmp_path / "x.npz")]) == 0
    assert max(ages) <= 0.9
    assert saved[0] == now[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "`preset` must be one of"),
        (["--steps", "0", "--learning-rate", "x", "--seq-len", "1"], "`seq_len` must be"),
        (["--steps", "0", "--learning-rate", "x"], "`learning_rate` must be a number between 1e-09 and 100"),
        (["--compare-unclipped"], "`clip` must be norm or value"),
        (["--continue"], "`continue` must name the file"),
        (["--continue", "/nowhere.npz"], "`history` must be a file written by"),
        (["--continue", "/nowhere.npz"], "got /nowhere.npz."),
        (["--steps", "1", "--out", "/nowhere/at/all.npz"], "`out` must be a place that can be written"),
        (["--steps", "1", "--out", ""], "`out` must be a place that can be written"),
        (["--steps", "1", "--html", "/"], "`html` must be a place that can be written"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, said, capsys):
    assert main(["train", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_what_goes_on_is_not_changed_on_the_way(tmp_path, capsys):
    out = tmp_path / "run.npz"
    assert main(["train", *SMALL, "--steps", "5", "--out", str(out)]) == 0
    for flags, said in (
        (["--gain", "2"], "`gain` cannot be changed"),
        (["--learning-rate", "0.5"], "`learning_rate` cannot be changed"),
        (["--steps", "3"], "`steps` must be at least the 5 that are done"),
        (["--compare-unclipped"], "takes its experiments from the file"),
    ):
        assert main(["train", "--continue", "--out", str(out), *flags]) == 2
        assert said in capsys.readouterr().err
    assert main(["train", "--continue", "--out", str(out), "--steps", "8"]) == 0
    assert History.load(out).iterations == 8
