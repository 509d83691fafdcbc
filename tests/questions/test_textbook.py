"""Formulas of teaching texts as written: each has its known effect at stated settings, and is that of the text.

Wrong forward passes are compared with torch autograd on the formula as it stands in the text.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import explorer
from explorer.base.backend import torch_is_installed
from explorer.engine.run_inputs import gather
from explorer.model.cells import make_cell
from explorer.questions.proof.oracle import autograd
from explorer.questions.textbook import FORMULAS, derivation
from explorer.questions.textbook.contract import cosine
from explorer.questions.textbook.derivation import SETTINGS
from explorer.questions.textbook.m05_which_way_z_points import z_updates
from explorer.questions.textbook.m07_memory_of_order_n import of_order
from explorer.questions.textbook.m08_gates_as_inputs import roles_swapped
from explorer.questions.textbook.m11_loss_that_touches_nothing import after_a_step, gradients
from explorer.questions.textbook.walk import direction, walk
from explorer.show.plots.plotly_renderer import standalone
from explorer.show.plots.textbook import textbook_figure
from explorer.show.words import catalogue, say
from explorer.show.words.formulas import filled, number_sentence, symbolic

ROOT = Path(__file__).parents[2]
needs_torch = pytest.mark.skipif(not torch_is_installed(), reason="autograd is torch's")
every_formula = pytest.mark.parametrize("code", FORMULAS)


def compared(code, **changes):
    """The formula on its own settings, with changes."""
    formula = FORMULAS[code]
    return formula.compare(explorer.run(formula.settings.replace(**changes)))


def small(**settings):
    return explorer.Experiment(**{"task": "noise", "seq_len": 8, "hidden_size": 4, "batch_size": 2, **settings})


# The effect of each formula


def test_m01_only_the_last_step_contributes():
    c = compared("m01")
    assert np.isneginf(c.written[:-1]).all()
    assert c.written[-1] == pytest.approx(c.true[-1], abs=1e-12)
    assert np.isfinite(c.true[1:]).all()


def test_m01_looks_right_where_little_comes_back():
    by_gain = [compared("m01", init="default", gain=gain).number for gain in (0.5, 1.0, 2.0, 3.0)]
    assert by_gain == sorted(by_gain, reverse=True)
    assert by_gain[0] > 0.95
    assert by_gain[-1] < 0.15
    assert abs(compared("m01").number) < 0.05  # tanh, gain 3
    assert compared("m01", activation="sigmoid", init="default", gain=1.0).number > 0.99


def test_m02_never_passes_the_best_that_two_sigmoids_allow():
    best = 99 * np.log10(1 / (1 + np.exp(-1)))
    assert best == pytest.approx(-13.47, abs=0.005)
    at = {bias: compared("m02", forget_bias=bias).changes for bias in (-4.0, 0.0, 1.0, 5.0, 50.0)}
    assert at[0.0][0] == pytest.approx(99 * np.log10(0.5))  # −29.8
    assert at[50.0][0] == pytest.approx(0.0, abs=1e-9)
    assert max(written for _, written in at.values()) == pytest.approx(best, abs=1e-9)
    assert at[-4.0][1] > at[0.0][0]  # nor can it forget


def test_m03_the_answer_has_the_wrong_sign():
    true, written = compared("m03").changes
    assert true > 10
    assert written < -50


def test_m03_the_matrix_has_no_influence_where_slopes_are_constant():
    gains = [compared("m03", activation="identity", gain=gain, seq_len=20).changes for gain in (0.5, 2.0)]
    assert [written for _, written in gains] == [0.0, 0.0]
    assert gains[0][0] < -3 < 3 < gains[1][0]


def test_m04_saturation_becomes_invisible():
    c = compared("m04")
    assert c.experiment.gain == 3.0
    assert 3000 < 10**c.number < 10_000
    assert (c.written >= c.true - 1e-12).all()
    assert compared("m04", seq_len=100).number > 9


@pytest.mark.parametrize("cell", ("gru", "gru_reset_before"))
def test_m05_a_bias_of_4_means_the_opposite(cell):
    true, written = compared("m05", cell=cell).changes
    assert (round(true, 1), round(written)) == (-0.7, -52)


def test_m06_the_matrix_grows_what_tanh_only_shrinks():
    c = compared("m06")
    assert c.changes == (pytest.approx(14.0, abs=0.1), 0.0)
    assert c.number == -c.changes[0]


def test_m07_the_critical_weight_is_a_half():
    at = {w: compared("m07", gain=w).changes for w in (0.49, 0.5, 0.51, 0.99)}
    assert at[0.5][1] == pytest.approx(np.log10(2 / 3), abs=1e-9)  # d_t = (d_{t+1} + d_{t+2}) / 2 ends at 2/3
    assert at[0.49][1] < at[0.5][1] < at[0.51][1]
    for w in (0.4, 0.6):
        root = (w + np.sqrt(w * w + 4 * w)) / 2
        far, near = compared("m07", gain=w, seq_len=400).changes[1], compared("m07", gain=w, seq_len=200).changes[1]
        assert (far - near) / 200 == pytest.approx(np.log10(root), rel=1e-9)
    assert at[0.99][0] < 0 < at[0.99][1]  # of order 1 it is 1


@pytest.mark.parametrize("weight", (0.01, 0.5, 2.0))
def test_m07_with_all_lags_every_positive_weight_grows(weight):
    settings = FORMULAS["m07"].settings
    _, written = of_order(explorer.run(settings.replace(gain=weight)), "all").changes
    assert written == pytest.approx(np.log10(weight) + 98 * np.log10(1 + weight))


def test_m08_the_forget_bias_no_longer_opens_the_road():
    at = {bias: compared("m08", forget_bias=bias).changes for bias in (-4.0, 0.0, 5.0)}
    assert at[-4.0][0] < -150 < at[0.0][0] < -25 < -1 < at[5.0][0]
    assert all(written == pytest.approx(-25.3, abs=0.1) for _, written in at.values())
    assert at[5.0][1] < at[0.0][1] < at[-4.0][1]  # where it moves at all, the advice makes it worse
    assert compared("m08", forget_bias=-4.0).number > 0 > compared("m08", forget_bias=5.0).number


def test_m09_is_four_times_too_large_or_more():
    c = compared("m09", batch_size=1, task="noise")
    assert c.written[-1] - c.true[-1] >= np.log10(4)
    assert np.isneginf(c.true[:-1]).all()
    whole = compared("m09")
    assert 10**whole.number == pytest.approx(400, rel=0.01)
    assert 10 ** (whole.written[-1] - whole.true[-1]) == pytest.approx(4.0, rel=0.01)


def test_m10_the_default_experiment_vanishes():
    c = compared("m10")
    assert c.experiment == explorer.Experiment()
    assert c.changes == (pytest.approx(-22.5, abs=0.05), 0.0)


def test_m11_the_hidden_layer_has_no_gradient_and_only_the_readout_moves():
    trace = explorer.run(FORMULAS["m11"].settings)
    found = gradients(trace)
    assert {name for name, g in found.items() if g is None} == {n for n in trace.weights if not n.endswith("_out")}
    moved = after_a_step(trace, 0.1)
    assert {n for n in moved if (moved[n] != trace.weights[n]).any()} == {"weight_out", "bias_out"}
    assert explorer.run(trace.experiment, moved).loss < trace.loss
    c = FORMULAS["m11"].compare(trace)
    assert np.isnan(c.written).all()
    assert np.isfinite(c.true).all()
    squares = {name: (g**2).sum() for name, g in trace.weight_grads.items()}
    readout = squares["weight_out"] + squares["bias_out"]
    assert c.number == pytest.approx(np.sqrt(readout / sum(squares.values())))


@needs_torch
def test_m11_is_what_autograd_says_of_a_detached_state():
    import torch

    cell, readout = torch.nn.RNN(2, 3), torch.nn.Linear(3, 1)
    states, _ = cell(torch.ones(5, 1, 2))
    readout(states[-1].detach()).sum().backward()
    assert all(p.grad is None for p in cell.parameters())
    assert all(p.grad is not None for p in readout.parameters())


def seen_at_its_own_settings():
    """Code → what its sentence has to say about the run at its own settings, from the numbers of that run."""
    two_roads = {bias: compared("m02", forget_bias=bias).changes for bias in (0.0, 50.0)}
    lags = FORMULAS["m07"].settings.gain
    return {
        "m02": [
            f"from −{-two_roads[0.0][0]:.1f} decades",
            f"stays below −{np.floor(-10 * two_roads[50.0][1]) / 10:.1f}",
        ],
        "m04": [f"over {FORMULAS['m04'].settings.seq_len - 1} steps back", "thousands of times"],
        "m05": ["−{:.1f} decades where z keeps, −{:.0f} where it renews".format(*-np.array(compared("m05").changes))],
        "m06": [f"by {compared('m06').changes[0]:.0f} decades"],
        "m07": [f"at {lags:g} the true gradient falls, and that of two lags grows"],
        "m08": [f"stays at −{-compared('m08').changes[1]:.0f} decades"],
        "m09": [f"{10 ** compared('m09').number:.0f} times as large", "about four times as large"],
        "m10": [f"loses {-compared('m10').changes[0]:.0f} decades over {explorer.Experiment().seq_len - 1} steps back"],
    }


def test_what_one_sees_is_what_comes_out_at_its_own_settings():
    for code, parts in seen_at_its_own_settings().items():
        for part in parts:
            assert part in say("formula_sees", code)
    for code in ("m03", "m04", "m06"):
        assert f"At gain {FORMULAS[code].settings.gain:g}" in say("formula_sees", code)
    assert compared("m07").changes[0] < -3 < 3 < compared("m07").changes[1]


@every_formula
def test_the_number_says_of_which_gradient_it_is(code):
    comparison = compared(code)
    said = number_sentence(comparison)
    letter = {"state_h": "h", "state_c": "c", "share_hh": "W", "share_out": "Wₒ", "share_hidden": "parameters"}
    named = {"ratio_state_h": "At step 1"}.get(f"{comparison.kind}_{comparison.quantity}", letter[comparison.quantity])
    assert named in said
    assert "{" not in said


def test_a_cosine_that_is_not_1_does_not_read_as_1():
    assert "0.996" in number_sentence(compared("m01", gain=0.1))


# The wrong engines compute the formulas as written


def test_the_walk_of_the_real_cell_is_the_real_run():
    for cell in ("rnn", "lstm", "gru", "gru_reset_before"):
        trace = explorer.run(small(cell=cell, num_layers=2, loss_at="every"))
        walked = walk(make_cell(cell, activation="tanh"), trace)
        for name, norms in walked.log10_norms.items():
            np.testing.assert_array_equal(norms, trace.log10_state_grad_norm[name][-1, 1:])
        np.testing.assert_array_equal(walked.log10_shares, trace.log10_step_weight_grad_norm["weight_hh_l1"])


def test_the_direction_is_that_of_the_gradient_however_large_it_is():
    cell = make_cell("rnn", activation="tanh")
    trace = explorer.run(small(seq_len=50, gain=1.5))
    ours = direction(cell, walk(cell, trace))
    assert cosine(ours, trace.weight_grads["weight_hh_l0"]) == pytest.approx(1, abs=1e-12)
    huge = explorer.run(small(hidden_size=32, init="normal", gain=3.0, seq_len=5000))
    assert np.isinf(huge.weight_grads["weight_hh_l0"]).any()
    assert np.isfinite(direction(cell, walk(cell, huge))).all()
    assert np.isfinite(FORMULAS["m01"].compare(huge).number)


def state_norms(trace, step):
    """State → (T,) log10 norm of its gradient by autograd; `step` computes the new states from all earlier ones."""
    import torch

    p = {n.removesuffix("_l0"): torch.tensor(w) for n, w in trace.weights.items()}
    zero = torch.zeros(trace.states["h"].shape[2:], dtype=torch.float64)
    history = [{name: zero.clone().requires_grad_() for name in trace.states}]
    for x in torch.tensor(trace.inputs):
        history.append(step(torch, p, x, history))
        for value in history[-1].values():
            value.retain_grad()
    y = torch.stack([s["h"] for s in history[1:]]) @ p["weight_out"].T
    grads = torch.tensor(trace.output_grads)
    (y[-len(grads) :] * grads).sum().backward()
    norms = {name: [torch.linalg.norm(s[name].grad) for s in history[1:]] for name in trace.states}
    return {name: np.log10(np.array(values, dtype=float)) for name, values in norms.items()}


def pre_activation(p, x, h):
    return x @ p["weight_ih"].T + p["bias_ih"] + h @ p["weight_hh"].T + p["bias_hh"]


def double_sigmoid(torch, p, x, history):
    _, f, g, o = pre_activation(p, x, history[-1]["h"]).chunk(4, dim=-1)
    f = torch.sigmoid(f)
    c = torch.sigmoid(f) * history[-1]["c"] + torch.sigmoid(1 - f) * torch.tanh(g)
    return {"h": torch.sigmoid(o) * torch.tanh(c), "c": c}


def swapped(torch, p, x, history):
    i, f, g, o = pre_activation(p, x, history[-1]["h"]).chunk(4, dim=-1)
    c = torch.sigmoid(i) * history[-1]["c"] + torch.sigmoid(f) * torch.tanh(g)
    return {"h": torch.sigmoid(o) * torch.tanh(c), "c": c}


def z_that_updates(torch, p, x, history):
    h = history[-1]["h"]
    a_r, a_z, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(3, dim=-1)
    u_r, u_z, u_n = (h @ p["weight_hh"].T + p["bias_hh"]).chunk(3, dim=-1)
    r, z = torch.sigmoid(a_r + u_r), torch.sigmoid(a_z + u_z)
    return {"h": (1 - z) * h + z * torch.tanh(a_n + r * u_n)}


def order_two(torch, p, x, history):
    read = history[-1]["h"] + (history[-2]["h"] if len(history) > 1 else 0.0)
    return {"h": torch.tanh(read @ p["weight_hh"].T + p["bias_ih"] + p["bias_hh"])}


AS_IT_STANDS = {
    "m02": ("lstm", double_sigmoid),
    "m05": ("gru", z_that_updates),
    "m07": ("rnn", order_two),
    "m08": ("lstm", swapped),
}


@needs_torch
@pytest.mark.parametrize("code", AS_IT_STANDS)
@pytest.mark.parametrize("loss_at", ("last", "every"))
def test_wrong_forward_passes_are_those_of_the_text(code, loss_at):
    cell, step = AS_IT_STANDS[code]
    trace = explorer.run(small(cell=cell, loss_at=loss_at))
    comparison = FORMULAS[code].compare(trace)
    expected = state_norms(trace, step)[comparison.quantity.removeprefix("state_")]
    np.testing.assert_allclose(comparison.written, expected, atol=1e-12)
    assert np.abs(comparison.written - comparison.true)[0] > 1e-3


@needs_torch
def test_all_lags_are_those_of_the_text():
    def step(torch, p, x, history):
        read = sum(s["h"] for s in history)
        return {"h": torch.tanh(read @ p["weight_hh"].T + p["bias_ih"] + p["bias_hh"])}

    trace = explorer.run(small(loss_at="every"))
    np.testing.assert_allclose(of_order(trace, "all").written, state_norms(trace, step)["h"], atol=1e-12)


def test_wrong_backward_passes_are_those_of_the_text():
    trace = explorer.run(small(loss_at="last", gain=2.0))
    h, dh = trace.states["h"][0, 1:], trace.state_grads["h"][0, -1]
    lost, wrong_slope, W = [dh], [dh], trace.weights["weight_hh_l0"]
    for t in reversed(range(1, len(h))):
        lost.insert(0, lost[0] * (1 - h[t] ** 2))
        wrong_slope.insert(0, (wrong_slope[0] * (1 - np.tanh(h[t]) ** 2)) @ W)
    for code, expected in {"m03": lost, "m04": wrong_slope}.items():
        written = FORMULAS[code].compare(trace).written
        np.testing.assert_allclose(written, np.log10([np.linalg.norm(d) for d in expected]), atol=1e-12)


def test_roles_are_swapped_and_swapped_back():
    trace = explorer.run(small(cell="lstm"))
    again = explorer.run(trace.experiment, roles_swapped(trace))
    for name, w in roles_swapped(again).items():
        np.testing.assert_array_equal(w, trace.weights[name])
    gru = explorer.run(small(cell="gru"))
    np.testing.assert_allclose(
        explorer.run(gru.experiment, z_updates(gru)).gates["update"][:, 0], 1 - gru.gates["update"][:, 0], atol=1e-12
    )


# Every formula on any experiment's settings


@every_formula
@pytest.mark.parametrize(
    "changes",
    (
        {"seq_len": 2},
        {"num_layers": 3, "seq_len": 12, "loss_at": "every"},
        {"dtype": "float32", "hidden_size": 1, "batch_size": 1},
        {"task": "adding", "gain": 0.0, "init": "identity", "bias_init": "zero"},
    ),
    ids=("short", "deep", "float32", "gain-0"),
)
def test_any_settings_give_two_curves_and_a_number(code, changes):
    formula = FORMULAS[code]
    e = formula.settings.replace(**{k: v for k, v in changes.items() if k not in formula.applies_to})
    comparison = formula.compare(explorer.run(e))
    assert comparison.true.shape == comparison.written.shape == (e.seq_len,)
    assert comparison.formula == code
    assert comparison.kind in ("cosine", "ratio", "decades")
    assert not np.isnan(comparison.true).any()
    assert say("formula_axis", comparison.quantity)
    assert textbook_figure(comparison).alternative


@every_formula
def test_an_overflow_leaves_nothing_to_compare(code):
    formula = FORMULAS[code]
    if "tanh" in formula.applies_to.get("activation", ()) or formula.settings.cell != "rnn":
        return
    e = formula.settings.replace(activation="relu", init="normal", gain=50.0, seq_len=2000, task="noise", batch_size=2)
    trace = explorer.run(e)
    assert trace.overflow_step
    comparison = formula.compare(trace)
    assert np.isnan(comparison.number)
    assert textbook_figure(comparison).panels[0].regions[0].look == "not_finite"
    assert number_sentence(comparison) == say("formula_number", "none")


def test_far_beyond_floats_a_formula_is_still_a_number():
    without_states = {"input_gain": 0.0, "bias_init": "zero"}
    linear = compared("m03", gain=20.0, activation="identity", init="orthogonal", seq_len=900, **without_states)
    true, written = linear.changes
    assert (true, written) == (pytest.approx(899 * np.log10(20.0)), 0.0)
    assert compared("m03", activation="sigmoid", seq_len=1000).changes[1] < -600


def test_what_a_formula_says_nothing_about_is_refused():
    lstm = explorer.run(small(cell="lstm"))
    for code in ("m01", "m03", "m04", "m05", "m06", "m07", "m10"):
        with pytest.raises(explorer.ExplorerError, match="for this formula") as caught:
            FORMULAS[code].compare(lstm)
        assert [error.parameter for error in caught.value.errors] == ["cell"]
    with pytest.raises(explorer.ExplorerError, match="`activation` must be tanh or sigmoid"):
        FORMULAS["m04"].compare(explorer.run(small(activation="relu")))
    with pytest.raises(explorer.ExplorerError, match="`targets` must be the experiment's own"):
        FORMULAS["m09"].compare(explorer.run(small(), targets=np.zeros((2, 1))))


def test_supplied_weights_and_states_are_what_the_formula_runs_on():
    e = small(cell="lstm")
    trace = explorer.run(
        e, weights={n: 2 * w for n, w in gather(e).weights.items()}, initial_state={"c": np.ones((1, 2, 4))}
    )
    cell = make_cell("lstm")
    np.testing.assert_array_equal(walk(cell, trace).log10_norms["c"], trace.log10_state_grad_norm["c"][0, 1:])
    assert FORMULAS["m08"].compare(trace).changes[1] != FORMULAS["m08"].compare(explorer.run(e)).changes[1]


@every_formula
def test_every_formula_opens_where_it_applies_and_has_its_words(code):
    formula = FORMULAS[code]
    assert formula.code == code
    assert not formula.misfits(formula.settings)
    assert set(formula.source) <= {"T1", "T2", "T3", "T4", "T5"}
    assert not formula.dial or formula.dial not in formula.settings.without_effect
    assert formula.written != formula.right
    for section in ("formula", "formula_written", "formula_wrong", "formula_sees"):
        assert say(section, code)
        assert catalogue()[section].keys() == FORMULAS.keys()
    for latex in (formula.written, formula.right):
        assert latex.count("{") == latex.count("}")


@every_formula
def test_the_figure_has_both_curves_on_one_absolute_axis(code):
    comparison = compared(code)
    figure = textbook_figure(comparison)
    (panel,) = figure.panels
    true, written = panel.series
    np.testing.assert_array_equal(true.values, comparison.true)
    np.testing.assert_array_equal(written.values, comparison.written)
    assert (true.dash, written.dash) == ("solid", "dash")
    assert true.colour != written.colour
    assert panel.y.decades
    finite = np.concatenate([s.values[np.isfinite(s.values)] for s in panel.series])
    assert panel.y.lower < finite.min() <= finite.max() < panel.y.upper
    assert number_sentence(comparison) in figure.alternative
    assert "{" not in figure.title + figure.caption + figure.alternative
    assert standalone(figure, "light").layout.height


def test_the_figure_marks_what_has_no_place_on_a_log_axis():
    forgot, summed, nothing = (textbook_figure(compared(code)).panels[0] for code in ("m01", "m09", "m11"))
    assert [(r.look, r.lower, r.upper) for r in forgot.regions] == [("zero", 1, 99)]
    assert [(r.look, r.lower, r.upper) for r in summed.regions] == [("zero", 1, 99)]
    assert [(r.look, r.lower, r.upper) for r in nothing.regions] == [("not_finite", 1, 100)]


# The correct derivation


FORWARD = ("a", "h", "o", "p", "loss")
BACKWARD = ("error", "delta", "through", "W", "U", "b", "V", "c")
PARAMETERS = {"W": "weight_hh_l0", "U": "weight_ih_l0", "b": "bias_ih_l0", "V": "weight_out", "c": "bias_out"}


def test_the_derivation_is_the_engine():
    trace = explorer.run(SETTINGS)
    for step in range(1, SETTINGS.seq_len + 1):
        d = derivation(trace, step)
        line = {each.code: each.value for each in d.lines}
        np.testing.assert_allclose(line["h"], trace.states["h"][0, step, 0], atol=1e-12)
        np.testing.assert_allclose(line["o"], trace.outputs[step - 1, 0], atol=1e-12)
        np.testing.assert_allclose(line["error"], trace.output_grads[step - 1, 0], atol=1e-12)
        np.testing.assert_allclose(line["delta"], trace.state_grads["h"][0, step, 0], atol=1e-12)
        assert line["loss"][0] == pytest.approx(trace.step_loss[step - 1], abs=1e-12)
        for name, parameter in PARAMETERS.items():
            np.testing.assert_array_equal(line[name], d.terms[name][step - 1])
            np.testing.assert_allclose(d.gradients[name], trace.weight_grads[parameter], atol=1e-12)
            norm = np.linalg.norm(line[name])
            assert norm == pytest.approx(trace.step_weight_grad_norm[parameter][step - 1], abs=1e-12)


@needs_torch
@pytest.mark.parametrize("changes", ({}, {"hidden_size": 4, "seq_len": 12, "gain": 2.0, "seed": 5}, {"task": "copy"}))
def test_the_derivation_is_autograd(changes):
    e = SETTINGS.replace(**changes)
    s, d = gather(e), derivation(explorer.run(e), 2)
    answer = autograd(e.cell, e.activation, s.weights, s.inputs, s.initial_state, s.targets, e.loss_at)
    for name, parameter in PARAMETERS.items():
        np.testing.assert_allclose(d.gradients[name], answer.weight_grads[parameter], atol=1e-12)
    np.testing.assert_allclose(d.terms["W"], _terms_by_autograd(s), atol=1e-12)


def _terms_by_autograd(s):
    """(T, H, H): ∂L/∂W through step t alone, from one copy of W a step."""
    import torch

    w = {n: torch.tensor(v) for n, v in s.weights.items()}
    copies = [w["weight_hh_l0"].clone().requires_grad_() for _ in s.inputs]
    h, loss = torch.tensor(s.initial_state["h"][0]), 0.0
    for x, y, W in zip(torch.tensor(s.inputs), torch.tensor(s.targets), copies, strict=True):
        h = torch.tanh(x @ w["weight_ih_l0"].T + w["bias_ih_l0"] + h @ W.T + w["bias_hh_l0"])
        loss = loss + torch.nn.functional.cross_entropy(h @ w["weight_out"].T + w["bias_out"], y)
    loss.backward()
    return np.stack([W.grad.numpy() for W in copies])


def test_every_line_can_be_read_with_symbols_and_with_numbers():
    trace = explorer.run(SETTINGS)
    for step in (1, 3, SETTINGS.seq_len):
        lines = derivation(trace, step).lines
        assert [line.code for line in lines] == [*FORWARD, *BACKWARD]
        for line in lines:
            assert "%" not in symbolic(line) + filled(line)
            assert line.symbols.keys() == line.numbers.keys()
            assert filled(line).count("{") == filled(line).count("}")
        delta = symbolic(lines[6])
        assert ("W^" in delta) == (step < SETTINGS.seq_len)  # nothing comes from after the last step
    first = filled(derivation(trace, 1).lines[1])
    assert first.startswith(r"\tanh \begin{pmatrix}")


def test_the_derivation_refuses_what_it_is_not_about():
    trace = explorer.run(explorer.Experiment(activation="relu", loss_at="last"))
    with pytest.raises(explorer.ExplorerError) as caught:
        derivation(trace, 0)
    named = {error.parameter for error in caught.value.errors}
    assert named == {"activation", "batch_size", "loss_at", "hidden_size", "step"}


# The wrong engines are not loaded by a run


def test_no_run_loads_what_is_wrong():
    code = (
        "import sys, explorer\n"
        "import explorer.questions.worked_step, explorer.questions.linear_theory, explorer.questions.sweep\n"
        "explorer.diagnose(explorer.run(explorer.Experiment(seq_len=5)))\n"
        "print(*[name for name in sys.modules if name.startswith('explorer.questions.textbook')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
