"""Verdicts on runs whose answer is known beforehand."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.lenses.reach import far_part
from explorer.questions.linear_theory import jacobian_at_rest, rates_at_rest
from explorer.questions.thresholds import THRESHOLDS
from explorer.show.words.verdicts import memory, sentence, sentences
from tests.common.sayings import lens_texts


def codes(**settings):
    return [finding.code for finding in explorer.diagnose(explorer.run(explorer.Experiment(**settings)))]


def evidence(code, **settings):
    findings = explorer.diagnose(explorer.run(explorer.Experiment(**settings)))
    return next(finding.evidence for finding in findings if finding.code == code)


LINEAR = {"activation": "identity", "init": "orthogonal", "bias_init": "zero", "task": "noise"}


def test_linear_network_has_the_decay_and_horizon_of_its_gain():
    falls, grows = evidence("vanishing", gain=0.9, **LINEAR), evidence("exploding", gain=1.1, **LINEAR)
    assert falls["decades"] == pytest.approx(-4.5299916, abs=1e-6)
    assert grows["decades"] == pytest.approx(4.0978758, abs=1e-6)
    assert falls["horizon"] == np.ceil(3 / abs(np.log10(0.9)))
    assert grows["grown_after"] == np.ceil(3 / abs(np.log10(1.1)))
    assert "horizon" not in grows, "nothing is forgotten"
    assert "grown_after" not in falls


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


def own_lstm(steps, losses, padded_to=None, seed=0, num_layers=1):
    """A run of drawn LSTM weights with given inputs and cotangents at `losses`, padded with zeros behind."""
    rng, T = np.random.default_rng(seed), padded_to or steps
    e = explorer.Experiment(cell="lstm", hidden_size=8, num_layers=num_layers, seq_len=T, batch_size=2, task="noise")
    weights = {name: w for name, w in explorer.run(e.replace(seq_len=2)).weights.items() if "_out" not in name}
    inputs, grads = np.zeros((T, 2, 2)), np.zeros((T, 2, 8))
    inputs[:steps] = rng.standard_normal((steps, 2, 2))
    for step in losses:
        grads[step - 1] = rng.standard_normal((2, 8))
    return explorer.run(e, weights=weights, inputs=inputs, output_grads=grads)


@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("losses", [(20,), (5, 20), tuple(range(1, 21)), (1,)])
def test_padding_behind_the_last_loss_changes_no_finding(losses, num_layers):
    plain = own_lstm(20, losses, num_layers=num_layers)
    padded = own_lstm(20, losses, padded_to=40, num_layers=num_layers)
    short, long = explorer.diagnose(plain), explorer.diagnose(padded)
    assert [finding.code for finding in short] == [finding.code for finding in long]
    for ours, theirs in zip(short, long, strict=True):
        assert ours.evidence.keys() == theirs.evidence.keys()
        for name, value in ours.evidence.items():
            assert value == (theirs.evidence[name] if isinstance(value, str) else pytest.approx(theirs.evidence[name]))
    assert sentences(short) == sentences(long)
    assert memory(plain) == memory(padded)
    flow = gradient_flow(padded)
    assert flow.from_step == max(losses)
    assert flow.zero_before == 0


def test_zeros_before_the_last_loss_are_a_cut_road():
    e = explorer.Experiment(gain=0.0, task="noise", seq_len=12, hidden_size=4)
    grads = np.zeros((12, e.batch_size, 4))
    grads[[2, 8]] = 1.0
    weights = {name: w for name, w in explorer.run(e).weights.items() if "_out" not in name}
    flow = gradient_flow(explorer.run(e, weights=weights, output_grads=grads))
    assert (flow.from_step, flow.zero_before, flow.decay, flow.horizon) == (9, 2, -np.inf, 1)


def test_a_run_whose_loss_sends_nothing_is_silent():
    e = explorer.Experiment(task="noise", seq_len=6, hidden_size=4)
    weights = {name: w for name, w in explorer.run(e).weights.items() if "_out" not in name}
    trace = explorer.run(e, weights=weights, output_grads=np.zeros((6, e.batch_size, 4)))
    assert [finding.code for finding in explorer.diagnose(trace)] == ["silent"]
    assert np.isnan(gradient_flow(trace).decay)


def test_every_layer_is_judged_and_the_worst_one_comes_first():
    e = explorer.Experiment(cell="lstm", num_layers=2, hidden_size=8, seq_len=60, task="noise", forget_bias=5.0)
    weights = {name: w.copy() for name, w in explorer.run(e).weights.items()}
    weights["bias_ih_l1"][8:16] = -8.0  # the upper layer forgets at once
    weights["bias_hh_l1"][:] = 0.0
    trace = explorer.run(e, weights=weights)
    findings = explorer.diagnose(trace)
    assert (findings[0].code, findings[0].evidence["layer"]) == ("vanishing", 1)
    assert next(f.code for f in findings if f.evidence.get("layer") == 0) == "healthy"
    closed = [f.evidence for f in findings if f.code == "saturated" and f.evidence["where"] == "forget"]
    assert {(found["layer"], found["side"]) for found in closed} == {(1, "low"), (0, "high")}
    assert "in layer 2" in sentences(findings)[0], "layers are counted from 1 in words"
    assert explorer.diagnose(trace, layer=1)[0].code == "vanishing"
    assert explorer.diagnose(trace, layer=-2)[0].code == "healthy"
    with pytest.raises(explorer.ExplorerError, match="`layer` must be"):
        explorer.diagnose(trace, layer=2)


def test_a_layer_that_no_gradient_reaches_is_the_headline():
    e = explorer.Experiment(num_layers=2, hidden_size=6, seq_len=20, task="noise")
    weights = {name: w.copy() for name, w in explorer.run(e).weights.items()}
    weights["weight_ih_l1"][:] = 0.0
    first = explorer.diagnose(explorer.run(e, weights=weights))[0]
    assert (first.code, first.evidence["layer"], first.evidence["zero_before"]) == ("vanishing", 0, 20)
    assert sentence(first) == "No gradient arrives in layer 1: it is exactly zero at every step."


@pytest.mark.parametrize("loss_at", ["last", "every"])
@pytest.mark.parametrize("cell", ["lstm", "lstm_coupled"])
def test_a_gradient_that_goes_on_along_c_alone_has_not_ended(cell, loss_at):
    """With recurrent weights of zero nothing comes back to h, and an open forget gate keeps all of c."""
    trace = explorer.run(explorer.Experiment(cell=cell, gain=0.0, forget_bias=5.0, loss_at=loss_at))
    found = explorer.diagnose(trace)[0]
    assert found.code == "healthy"
    if loss_at == "last":
        assert found.evidence["state"] == "c"
        assert sentence(found).startswith("The gradient of c arrives")
        assert memory(trace) == "over 99 steps"
    said = " ".join(lens_texts("reach", trace).values())
    assert "exactly zero: no loss reaches it" not in said
    assert "∂L/∂c" in said


def test_near_at_hand_everywhere_and_gone_from_afar():
    trace = explorer.run(explorer.Experiment(loss_at="every"))
    found = explorer.diagnose(trace)[0]
    assert found.code == "local"
    part = far_part(trace, found.evidence["step"], found.evidence["apart"])
    assert found.evidence["far_decades"] == pytest.approx(part.log10_far - part.log10_total, abs=1e-9)
    assert codes(loss_at="every", cell="lstm", forget_bias=5.0)[0] == "healthy"


@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_horizon_of_several_losses_is_that_of_the_last_one(num_layers):
    every = explorer.run(explorer.Experiment(loss_at="every", seq_len=60, num_layers=num_layers))
    alone = np.zeros(every.output_grads.shape)
    alone[-1] = every.output_grads[-1]
    only = explorer.run(every.experiment, weights=every.weights, inputs=every.inputs, output_grads=alone)
    for layer in range(num_layers):
        assert gradient_flow(every, layer=layer).horizon == gradient_flow(only, layer=layer).horizon is not None


@pytest.mark.parametrize(
    "settings", [{"gain": 3.0, "init": "normal"}, {"activation": "relu", "init": "identity", "gain": 1.2}]
)
def test_an_explosion_has_no_memory_horizon_but_a_growth(settings):
    found = evidence("exploding", **settings)
    assert "horizon" not in found
    assert 0 < found["grown_after"] < 100


def test_the_share_of_a_gate_is_that_of_the_side_it_names():
    trace = explorer.run(explorer.Experiment(cell="lstm", forget_bias=8.0))
    found = next(f for f in explorer.diagnose(trace) if f.code == "saturated")
    assert found.evidence["share"] == (trace.gates["forget"] > found.evidence["above"]).mean()


def test_an_exponential_gate_has_one_flat_end():
    """The slope of exp is its value: near its upper end an exponential gate passes everything."""
    trace = explorer.run(explorer.Experiment(cell="slstm"))
    ends = [f.evidence for f in explorer.diagnose(trace) if f.code == "saturated" and f.evidence["where"] == "input"]
    assert all(found["side"] == "low" for found in ends)
    assert (trace.gates["input"] > 0.95).any()


def test_after_an_overflow_at_the_first_step_nothing_is_said_of_units():
    e = explorer.Experiment(activation="relu", task="noise", hidden_size=4)
    weights = {name: w.copy() for name, w in explorer.run(e).weights.items()}
    weights["bias_ih_l0"][:] = 1.7e308
    weights["bias_hh_l0"][:] = 1.7e308
    trace = explorer.run(e, weights=weights)
    assert trace.overflow_step == 1
    assert [f.code for f in explorer.diagnose(trace)] == ["overflowed"]
