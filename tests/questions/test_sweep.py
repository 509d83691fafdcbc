"""A parameter along its range: sensible values, and at each the trace of a run of its own."""

import numpy as np
import pytest

import explorer
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.sweep import MOST, sweep, sweep_values, sweepable

NUMBERS = [row.name for row in table(Experiment).values() if row.kind in ("integer", "number")]
BASE = {"forget_bias": {"cell": "lstm"}, "update_bias": {"cell": "gru"}, "clip_threshold": {"clip": "norm"}}


def base(name, **settings):
    needed = {"task": "noise"} if name == "input_size" else BASE.get(name, {})
    return Experiment(seq_len=12, hidden_size=4, batch_size=2, **needed).replace(**settings)


@pytest.mark.parametrize("name", NUMBERS)
def test_values_are_in_order_within_bounds_and_hold_the_present_one(name):
    e, row = base(name), table(Experiment)[name]
    assert name in sweepable(e)
    values = sweep_values(name, e)
    present = getattr(e, name)
    assert present in values
    numbers = [value for value in values if value is not None]
    assert values[: len(values) - len(numbers)] == ([None] if present is None else [])
    assert numbers == sorted(set(numbers))
    assert min(10, row.upper) <= len(values) <= MOST + 1
    assert row.lower <= numbers[0] < numbers[-1] <= row.upper
    assert row.kind == "number" or all(isinstance(value, int) for value in numbers)


@pytest.mark.parametrize("present", [0.123456, 2.05, 77.0])
def test_a_value_between_the_places_has_one_of_its_own(present):
    values = sweep_values("gain", Experiment(gain=present))
    assert present in values
    assert values == sorted(values)


def test_what_has_no_effect_cannot_be_swept():
    assert {"forget_bias", "update_bias", "clip_threshold", "input_size"} & set(sweepable(Experiment())) == set()
    assert set(sweepable(Experiment())) <= set(NUMBERS)


@pytest.mark.parametrize("name", NUMBERS)
def test_each_value_has_the_trace_of_a_run_of_its_own(name):
    e = base(name)
    values = sweep_values(name, e)
    chosen = [values[i] for i in sorted({0, 1, len(values) // 2, len(values) - 1})]
    found = list(sweep(e, name, chosen))
    assert [value for value, _ in found] == chosen
    for value, trace in found:
        alone = explorer.run(e.replace(**{name: value}))
        assert trace.experiment == alone.experiment
        for state, norms in alone.log10_state_grad_norm.items():
            np.testing.assert_allclose(trace.log10_state_grad_norm[state], norms, rtol=1e-12, atol=1e-12)


def test_values_that_the_other_settings_do_not_allow_are_left_out(monkeypatch):
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**20))
    e = Experiment(hidden_size=8, batch_size=2)
    found = [value for value, _ in sweep(e, "seq_len", [10, 100, 5000])]
    assert found == [10, 100]


def test_traces_come_by_the_handful():
    """The first trace comes without waiting for the last."""
    traces = sweep(base("gain"), "gain", sweep_values("gain", base("gain")))
    value, trace = next(traces)
    assert value == trace.experiment.gain == 0.0
