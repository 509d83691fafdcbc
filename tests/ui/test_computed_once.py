"""A class that opens one link at the same time computes it once: later sessions wait for the first one's result."""

import threading
import time

import pytest

import explorer.ui.deck.blocks as blocks
import explorer.ui.work.runs as runs
from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.ui.deck.blocks import Extras

STUDENTS = 12


def at_once(ask):
    """The results of `ask`, called by a class of students at the same time."""
    everybody, found = threading.Barrier(STUDENTS), []

    def student():
        everybody.wait()
        found.append(ask())

    threads = [threading.Thread(target=student) for _ in range(STUDENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return found


def counted(compute, calls):
    def slowly(*given):
        calls.append(given)
        time.sleep(0.05)
        return compute(*given)

    return slowly


def test_a_run_and_its_picture_are_computed_once(monkeypatch):
    ran, drawn = [], []
    monkeypatch.setattr(runs, "run", counted(runs.run, ran))
    monkeypatch.setattr(blocks, "figures_of", counted(blocks.figures_of, drawn))
    experiment = Experiment(seq_len=23, seed=61_001)
    found = at_once(lambda: blocks.live_block(runs.trace_of(experiment), Extras()))
    assert len(found) == STUDENTS
    assert len(set(found)) == 1
    assert (len(ran), len(drawn)) == (1, 1)


def test_what_fails_is_said_to_all_and_holds_nobody_up(monkeypatch):
    def refused(experiment):
        raise ExplorerError("seq_len", "is refused", 1)

    monkeypatch.setattr(runs, "run", refused)

    def ask():
        with pytest.raises(ExplorerError):
            runs.trace_of(Experiment(seq_len=24, seed=61_002))
        return True

    assert at_once(ask) == [True] * STUDENTS
