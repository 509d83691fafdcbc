"""The next step: for the one number that moved, in its direction, in the steps of its control."""

import inspect
import threading

import pytest
from streamlit.runtime.scriptrunner import script_runner

import explorer
from explorer.engine.experiment import Experiment, memory_estimate
from explorer.ui.deck import verdict
from explorer.ui.deck.verdict import verdict_of
from explorer.ui.work.look_ahead import CROWD, SCRIPT, crowded, next_step


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        ({}, {"gain": 1.05}, {"gain": 1.1}),
        ({}, {"gain": 0.95}, {"gain": 0.9}),
        ({}, {"seq_len": 200}, {"seq_len": 500}),
        ({"seq_len": 137}, {"seq_len": 100}, {"seq_len": 50}),
        ({}, {"seed": 1}, {"seed": 2}),
        (
            {"cell": "lstm", "forget_bias": 5},
            {"cell": "lstm", "forget_bias": 6},
            {"cell": "lstm", "forget_bias": 8},
        ),
    ],
)
def test_one_further(before, now, after):
    assert next_step(Experiment(**before), Experiment(**now)) == Experiment(**after)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({}, {}),
        ({}, {"cell": "lstm"}),
        ({}, {"gain": 1.05, "seed": 1}),
        ({"gain": 2.95}, {"gain": 3.0}),
        ({"gain": 0.05}, {"gain": 0.0}),
        ({"seq_len": 2000}, {"seq_len": 5000}),
        ({"cell": "lstm"}, {"cell": "lstm", "forget_bias": 1}),
        ({"seed": 1}, {"seed": 0}),
    ],
)
def test_nothing_where_there_is_no_direction_or_no_place(before, now):
    assert next_step(Experiment(**before), Experiment(**now)) is None


def test_nothing_before_the_first():
    assert next_step(None, Experiment()) is None


def test_nothing_that_does_not_fit(monkeypatch):
    sizes = {"hidden_size": 64, "batch_size": 32}
    before, now = Experiment(**sizes, seq_len=200), Experiment(**sizes, seq_len=500)
    assert next_step(before, now) == Experiment(**sizes, seq_len=1000)
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(memory_estimate(now)))
    assert next_step(before, now) is None


def test_nothing_is_prepared_while_a_class_is_at_work():
    assert f'name="{SCRIPT}"' in inspect.getsource(script_runner)
    leave = threading.Event()
    scripts = [threading.Thread(target=leave.wait, name=SCRIPT) for _ in range(CROWD + 1)]
    assert not crowded()
    for script in scripts:
        script.start()
    assert crowded()
    leave.set()
    for script in scripts:
        script.join()
    assert not crowded()


def test_where_a_crowd_waits_nothing_is_tried_for_a_verdict(monkeypatch):
    trace = explorer.run(Experiment())
    assert "Tried:" in verdict_of(trace)
    monkeypatch.setattr(verdict, "crowded", lambda: True)
    assert "What next?" in verdict_of(trace)
    assert "Tried:" not in verdict_of(trace)
