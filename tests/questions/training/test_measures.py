"""Saturation while a network trains, held against slopes by finite differences and against the states of the trace."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.model.cells.contract import RANGES
from explorer.questions.training import Recorder, train
from explorer.questions.training.measures import FLAT, SAMPLED_STEPS, flat_ends

FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "relu": lambda a: np.maximum(a, 0.0),
    "identity": lambda a: a,
}
A = np.linspace(-12.0, 12.0, 4_001) + 1e-4  # no point at the corner of the ReLU


def saturated_of(recorder):
    (step,) = recorder
    return float(step.saturation[0]), recorder.history().trace_at(1)


def sampled(values):
    """The steps that the measurement looks at."""
    return values[::-1][:: max(1, len(values) // SAMPLED_STEPS)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_value_is_saturated_where_its_slope_is_below_a_tenth_of_the_largest(name):
    phi = FUNCTIONS[name]
    slope = (phi(A + 1e-6) - phi(A - 1e-6)) / 2e-6
    low, high = flat_ends(name, RANGES[name])
    saturated = (phi(A) <= low) | (phi(A) >= high)
    np.testing.assert_array_equal(saturated, slope < FLAT * slope.max())


def test_an_exponential_gate_is_flat_at_its_low_end_alone():
    low, high = flat_ends("exp", (0.0, 1.0))
    assert (low, high) == (FLAT, np.inf)  # the slope of exp is its value, at most 1 here
    assert flat_ends("exp", RANGES["exp"]) == (0.0, np.inf)
    assert flat_ends("sigmoid", (0.0, 1.0))[1] < 1.0


@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0])
def test_of_a_relu_only_exact_zeros_count_however_large_the_others_are(gain):
    e = explorer.Experiment(activation="relu", gain=gain, seq_len=16, hidden_size=40)
    share, trace = saturated_of(Recorder(train(e, steps=1)))
    states = sampled(trace.states["h"][0, 1:])
    assert share == pytest.approx((states == 0.0).mean(), abs=1e-12)
    if gain == 3.0:
        assert states.max() > 2.0


def test_open_units_of_a_relu_are_never_saturated():
    """Inputs of 0 or more and an identity matrix: after the first steps all states lie far above 2."""
    e = explorer.Experiment(
        activation="relu", init="identity", gain=1.2, task="adding", seq_len=40, bias_init="zero", hidden_size=8
    )
    weights = {**explorer.run(e).weights}
    weights["weight_ih_l0"] = np.abs(weights["weight_ih_l0"]) + 0.5
    share, trace = saturated_of(Recorder(train(e, steps=1, weights=weights)))
    states = sampled(trace.states["h"][0, 1:])
    assert (states >= 2.0).mean() > 0.8
    assert share == 0.0


def test_an_open_input_gate_of_an_slstm_is_not_saturated():
    e = explorer.Experiment(cell="slstm", seq_len=12, hidden_size=10)
    share, trace = saturated_of(Recorder(train(e, steps=1)))
    shares = []
    for name, values in trace.gates.items():
        v = sampled(values[0])
        slope = v if name == "input" else 1 - v * v if name == "candidate" else 4 * v * (1 - v)
        shares.append((slope < FLAT).mean())
    assert share == pytest.approx(np.mean(shares), abs=1e-12)
    assert (sampled(trace.gates["input"][0]) > 0.99).any()  # such values counted once


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_has_a_share(cell):
    share, _ = saturated_of(Recorder(train(explorer.Experiment(cell=cell, seq_len=5, hidden_size=4), steps=1)))
    assert 0.0 <= share <= 1.0
