"""Verdicts on runs whose answer is known beforehand."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.questions.diagnosis import THRESHOLDS, gradient_flow
from explorer.questions.linear_theory import jacobian_at_rest, rates_at_rest


def codes(**settings):
    return [finding.code for finding in explorer.diagnose(explorer.run(explorer.Experiment(**settings)))]


def evidence(code, **settings):
    findings = explorer.diagnose(explorer.run(explorer.Experiment(**settings)))
    return next(finding.evidence for finding in findings if finding.code == code)


LINEAR = {"activation": "identity", "init": "orthogonal", "bias_init": "zero", "task": "noise"}


def test_linear_network_has_the_decay_and_horizon_of_its_gain():
    for gain, code, decades in ((0.9, "vanishing", -4.5299916), (1.1, "exploding", 4.0978758)):
        found = evidence(code, gain=gain, **LINEAR)
        assert found["decades"] == pytest.approx(decades, abs=1e-6)
        assert found["horizon"] == np.ceil(3 / abs(np.log10(gain)))


def test_horizon_is_absent_where_the_gradient_never_changes_that_much():
    assert "horizon" not in evidence("healthy", gain=1.0, **LINEAR)


def test_exact_zeros_are_told_from_tiny_numbers():
    found = evidence("vanishing", activation="relu", gain=0.0, task="noise")
    assert found["decades"] == -np.inf
    assert found["zero_before"] == 99
    assert "zero_before" not in evidence("vanishing", activation="sigmoid", seq_len=2000, task="noise")


def test_overflow_names_the_step_and_says_nothing_of_a_gradient():
    found = codes(activation="relu", gain=50.0, seq_len=2000)
    assert found[0] == "overflowed"
    assert not {"vanishing", "exploding", "healthy"} & set(found)


def test_dead_units_are_counted():
    # strong negative biases cannot be drawn, so the weights are given
    e = explorer.Experiment(activation="relu", task="noise", hidden_size=4)
    weights = {name: w.copy() for name, w in explorer.run(e).weights.items()}
    weights["bias_ih_l0"][:2] = -1e6
    finding = next(f for f in explorer.diagnose(explorer.run(e, weights=weights)) if f.code == "dead")
    assert finding.evidence["units"] == 2
    assert finding.evidence["share"] == 0.5


@pytest.mark.parametrize(("bias", "side"), [(8.0, "high"), (-8.0, "low")])
def test_gates_at_an_end_name_the_end(bias, side):
    found = evidence("saturated", cell="lstm", forget_bias=bias)
    assert (found["where"], found["side"]) == ("forget", side)


def test_clipping_reports_factor_and_cosine():
    by_norm = evidence("clipped", activation="relu", init="identity", gain=1.3, clip="norm", clip_threshold=0.5)
    assert by_norm["after"] == pytest.approx(0.5)
    assert by_norm["cosine"] == pytest.approx(1.0)
    by_value = evidence("clipped", activation="relu", init="identity", gain=1.3, clip="value", clip_threshold=0.5)
    assert by_value["cosine"] < 0.999


def test_a_gradient_that_rises_on_the_way_and_falls_again_explodes():
    trace = explorer.run(explorer.Experiment(gain=3.0, init="normal", seq_len=200))
    flow = gradient_flow(trace)
    assert flow.peak >= flow.decay


def test_every_threshold_has_a_reason():
    assert all(len(reason) > 20 for _, reason in THRESHOLDS.values())


def test_rate_at_rest_of_a_linear_network_is_its_gain():
    trace = explorer.run(explorer.Experiment(gain=0.8, **LINEAR))
    assert rates_at_rest(trace) == pytest.approx([np.log10(0.8)])


@pytest.mark.parametrize("cell", [name for name, row in CELLS.items() if not row.kind.scales])
def test_jacobian_at_rest_agrees_with_finite_differences(cell):
    e = explorer.Experiment(cell=cell, hidden_size=3, seq_len=2, batch_size=1, task="noise")
    trace = explorer.run(e)
    names, H, nudge = list(trace.states), 3, 1e-6
    inputs, columns = np.zeros((2, 1, 2)), []
    for index in range(len(names) * H):
        ends = []
        for sign in (1, -1):
            initial = {name: np.zeros((1, 1, H)) for name in names}
            initial[names[index // H]][0, 0, index % H] = sign * nudge
            run = explorer.run(e, inputs=inputs, initial_state=initial)
            ends.append(np.concatenate([run.states[name][0, 1, 0] for name in names]))
        columns.append((ends[0] - ends[1]) / (2 * nudge))
    np.testing.assert_allclose(jacobian_at_rest(trace, 0), np.stack(columns, axis=1), atol=1e-8)
