"""Gradients that can be derived by hand, also far beyond the range of floats."""

from decimal import Decimal

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.questions.linear_theory import rates_at_rest
from tests.common.comparing import small, weights_of

TOWARDS = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h), "identity": np.ones_like}


def decimals(array):
    """An array of Decimals: 28 digits, and exponents up to a million."""
    return np.array([Decimal(float(x)) for x in np.ravel(array)], dtype=object).reshape(np.shape(array))


def log10_norm(vectors):
    square = sum(x * x for x in vectors.ravel())
    return float(square.log10()) / 2 if square else -np.inf


def log10_norms_by_decimals(trace, arriving):
    """(L, T+1) log10 ‖∂L/∂h_t‖ of a stack of plain RNNs, from its states alone.

    Args:
        arriving: (T, B, H) what the loss adds to ∂L/∂h_t of the top layer.
    """
    L, T = trace.states["h"].shape[0], len(arriving)
    slopes = decimals(TOWARDS[trace.experiment.activation](trace.states["h"]))
    norms, from_above = np.zeros((L, T + 1)), decimals(arriving)
    for layer in reversed(range(L)):
        W_hh, W_ih = (decimals(trace.weights[f"{name}_l{layer}"]) for name in ("weight_hh", "weight_ih"))
        from_later, to_below = decimals(np.zeros(arriving.shape[1:])), []
        for t in range(T, 0, -1):
            g = from_later + from_above[t - 1]
            norms[layer, t] = log10_norm(g)
            delta = slopes[layer, t] * g
            from_later = delta @ W_hh
            to_below.insert(0, delta @ W_ih if layer else None)
        norms[layer, 0], from_above = log10_norm(from_later), to_below
    return norms


def only_at_the_end(shape):
    """Cotangents (T, B, O) that are 0 except at the last step."""
    cotangents = np.zeros(shape)
    cotangents[-1] = np.random.default_rng(0).standard_normal(shape[1:])
    return cotangents


def run_from_the_end(e, **given):
    """A run without a readout, and the cotangents of its h_T."""
    arriving = only_at_the_end((e.seq_len, e.batch_size, e.hidden_size))
    given.setdefault("weights", weights_of(e, readout=False))
    return explorer.run(e, output_grads=arriving, **given), arriving


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("gain, decay", ((1.1, 4.0978758), (0.9, -4.5299916)))
def test_orthogonal_identity_rnn(gain, decay, backend):
    """g_t = gain^(T−t) g_T, so the decay is 99 log10(gain)."""
    e = explorer.Experiment(activation="identity", init="orthogonal", gain=gain, seq_len=100, backend=backend)
    g = explorer.run(e).log10_state_grad_norm["h"][0]
    assert g[1] - g[100] == pytest.approx(decay, abs=1e-6)
    np.testing.assert_allclose(g, g[100] + (100 - np.arange(101)) * np.log10(gain), rtol=0, atol=1e-10)


@pytest.mark.parametrize("forget_bias", (-6.0, 0.0, 1.0, 5.0))
@pytest.mark.parametrize("cell", ("lstm", "lstm_peephole", "lstm_coupled"))
def test_lstm_without_weights(cell, forget_bias):
    """Only the path along c is left, with a factor σ(forget_bias) per step; no earlier h has a gradient."""
    e = explorer.Experiment(cell=cell, gain=0, input_gain=0, bias_init="zero", forget_bias=forget_bias, seq_len=300)
    norms = explorer.run(e).log10_state_grad_norm
    log10_forget = -np.log10(1 + np.exp(-forget_bias))
    np.testing.assert_allclose(norms["c"][0], norms["c"][0, -1] + (300 - np.arange(301)) * log10_forget, atol=1e-9)
    assert np.isfinite(norms["h"][0, 300])
    assert np.all(norms["h"][0, :300] == -np.inf)


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("loss_at", ("last", "every"))
def test_an_lstm_whose_peepholes_are_shut_is_an_lstm(loss_at, backend):
    """To the last bit, from the same weights, which the seed draws for both."""
    e = small(cell="lstm_peephole", num_layers=2, seq_len=80, loss_at=loss_at, backend=backend)
    plain, weights = explorer.run(e.replace(cell="lstm")), weights_of(e)
    for name in weights:
        if name.startswith("weight_c"):
            weights[name][:] = 0
    shut = explorer.run(e, weights)
    assert shut.loss == plain.loss
    for field in ("weights", "states", "gates", "state_grads", "weight_grads", "log10_step_weight_grad_norm"):
        for name, array in getattr(plain, field).items():
            np.testing.assert_array_equal(getattr(shut, field)[name], array, f"{field} {name}")


def test_open_peepholes_change_the_gradient():
    e = small(cell="lstm_peephole")
    plain, seen = explorer.run(e.replace(cell="lstm")), explorer.run(e)
    assert np.abs(plain.state_grads["c"] - seen.state_grads["c"]).max() > 1e-4
    assert all(np.abs(seen.weight_grads[f"weight_c{gate}_l0"]).max() > 1e-6 for gate in "ifo")


HOLDING = {  # σ(bias) where an open gate keeps, σ(−bias) where it renews
    "gru": ("update_bias", 1),
    "gru_reset_before": ("update_bias", 1),
    "mgu": ("forget_bias", -1),
    "min_gru": ("update_bias", -1),
}


@pytest.mark.parametrize("bias", (-6.0, 0.5, 4.0))
@pytest.mark.parametrize("cell", HOLDING)
def test_gated_units_without_weights(cell, bias):
    """Only the gate is left, which keeps the same share of h at every step; down to 1e-900 and below."""
    name, sign = HOLDING[cell]
    e = small(cell=cell, gain=0, input_gain=0, bias_init="zero", seq_len=400, **{name: bias})
    trace, _ = run_from_the_end(e)
    g, log10_kept = trace.log10_state_grad_norm["h"][0], -np.log10(1 + np.exp(-sign * bias))
    np.testing.assert_allclose(g, g[-1] + (400 - np.arange(401)) * log10_kept, rtol=0, atol=1e-9)
    assert -1100 < g[0] < 1


def test_an_independent_rnn_is_an_rnn_with_a_diagonal_matrix():
    e = small(cell="indrnn", num_layers=2, seq_len=80)
    weights = weights_of(e)
    dense = {name: np.diag(w) if name.startswith("weight_hh") else w for name, w in weights.items()}
    ours, theirs = explorer.run(e, weights), explorer.run(e.replace(cell="rnn"), dense)
    np.testing.assert_allclose(ours.states["h"], theirs.states["h"], rtol=1e-12)
    np.testing.assert_allclose(ours.log10_state_grad_norm["h"], theirs.log10_state_grad_norm["h"], rtol=0, atol=1e-10)
    for name, grads in theirs.weight_grads.items():
        diagonal = np.diag(grads) if name.startswith("weight_hh") else grads
        np.testing.assert_allclose(ours.weight_grads[name], diagonal, rtol=1e-10, atol=1e-18, err_msg=name)


@pytest.mark.parametrize("init", ("orthogonal", "identity"))
@pytest.mark.parametrize("gain", (1.1, 0.9, 0.1))
def test_every_independent_unit_has_the_rate_of_its_own_weight(gain, init):
    """w = ±gain or gain: |∂L/∂h_t| = gain^(T−t) |∂L/∂h_T| unit by unit, and their norm down to 1e-1000."""
    e = small(cell="indrnn", activation="identity", init=init, gain=gain, seq_len=1000)
    trace, _ = run_from_the_end(e)
    w = trace.weights["weight_hh_l0"]
    np.testing.assert_array_equal(np.abs(w), gain)
    assert init == "orthogonal" or np.all(w > 0)
    g, grads = trace.log10_state_grad_norm["h"][0], trace.state_grads["h"][0]
    np.testing.assert_allclose(g, g[-1] + (1000 - np.arange(1001)) * np.log10(gain), rtol=0, atol=1e-9)
    np.testing.assert_allclose(grads[-100], grads[-1] * w**99, rtol=1e-12)
    assert rates_at_rest(trace) == pytest.approx([np.log10(gain)])


@pytest.mark.parametrize("w", (0.5, 0.6, 0.4, 0.005))
def test_order_two_is_critical_at_a_half(w):
    """d_t = w (d_{t+1} + d_{t+2}), from 1 at the end; the growth is the larger root of z² = w z + w."""
    e = small(cell="higher_order", activation="identity", init="identity", gain=w, seq_len=1000)
    trace, _ = run_from_the_end(e, **at_rest(e))
    root = (w + np.sqrt(w * w + 4 * w)) / 2
    assert rates_at_rest(trace) == pytest.approx([np.log10(root)], abs=1e-12)
    assert (root == 1) == (w == 0.5) and (root > 1) == (w > 0.5)
    d = [Decimal(0), Decimal(1)]
    for _ in range(1000):
        d.append(Decimal(w) * (d[-1] + d[-2]))
    expected = np.array([float(value.log10()) for value in d[:0:-1]])
    g = trace.log10_state_grad_norm["h"][0]
    np.testing.assert_allclose(g - g[-1], expected, rtol=0, atol=1e-9)


def test_order_two_without_its_second_matrix_is_an_rnn():
    e = small(cell="higher_order", num_layers=2, seq_len=80)
    weights = weights_of(e)
    plain = explorer.run(e.replace(cell="rnn"), {n: w for n, w in weights.items() if not n.startswith("weight_hh2")})
    for layer in range(2):
        weights[f"weight_hh2_l{layer}"][:] = 0
    ours = explorer.run(e, weights)
    np.testing.assert_array_equal(ours.states["h"], plain.states["h"])
    np.testing.assert_array_equal(ours.state_grads["h"], plain.state_grads["h"])
    np.testing.assert_array_equal(ours.states["p"][:, 1:], ours.states["h"][:, :-1])


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("size", (0.1, 0.9, 0.999))
def test_a_linear_recurrent_unit_keeps_lambda_to_the_power(size, backend):
    """(∂L/∂h_t, ∂L/∂v_t) is ∂L/∂h_T times the conjugate of λ^(T−t): of length |λ|^(T−t), down to 1e-1000."""
    e = small(cell="lru", seq_len=1000, backend=backend)
    weights = weights_of(e, readout=False)
    weights["weight_nu_l0"][:] = np.log(-np.log(size))
    trace, _ = run_from_the_end(e, weights=weights)
    h, v = (trace.log10_state_grad_norm[name][0] for name in "hv")
    both = h + np.log10(1 + 10 ** (2 * (v - h))) / 2
    np.testing.assert_allclose(both, both[-1] + (1000 - np.arange(1001)) * np.log10(size), rtol=0, atol=1e-9)
    lambda_, grads = size * np.exp(1j * weights["weight_theta_l0"]), trace.state_grads
    expected = grads["h"][0, -1] * np.conj(lambda_) ** 60
    np.testing.assert_allclose(grads["h"][0, -61] + 1j * grads["v"][0, -61], expected, rtol=1e-11)
    assert rates_at_rest(trace) == pytest.approx([np.log10(size)])


def test_a_linear_recurrent_unit_starts_in_the_unit_disc_with_states_near_one():
    """|λ|² is uniform on [0, 1], and γ scales the input so that white noise gives states of variance one, times B's."""
    e = small(cell="lru", hidden_size=256, batch_size=64, seq_len=60)
    trace = explorer.run(e)
    size = np.exp(-np.exp(trace.weights["weight_nu_l0"]))
    assert (size < 1).all() and np.sort(size**2) == pytest.approx((np.arange(256) + 0.5) / 256, abs=0.08)
    settled = size < 0.95  # the others still grow
    variance = sum(s[0, -1].var(axis=0) for s in trace.states.values())[settled]
    read = (trace.weights["weight_ih_l0"] ** 2).sum(axis=1).reshape(2, -1).sum(axis=0)[settled]
    assert np.median(variance / read) == pytest.approx(1, abs=0.1)


GATES = {cell: row.kind.keeps for cell, row in CELLS.items() if row.kind.keeps}


@pytest.mark.parametrize("cell", CELLS)
def test_chrono_biases(cell):
    """±log U(1, T−1) at the gates that keep, all from one draw; every other bias is zero."""
    e = small(cell=cell, bias_init="chrono", num_layers=2, seq_len=100, hidden_size=64)
    assert cell in GATES or all(not w.any() for name, w in weights_of(e).items() if name.startswith("bias"))
    for layer in range(2):
        biases = [w for name, w in weights_of(e).items() if name in (f"bias_ih_l{layer}", f"bias_hh_l{layer}")]
        names, times = CELLS[cell].kind.blocks, []
        for block, bias in zip(names, sum(biases, np.zeros(64 * len(names))).reshape(-1, 64), strict=True):
            if block in CELLS[cell].kind.keeps:
                times.append(np.exp(CELLS[cell].kind.keeps[block] * bias))
            else:
                assert not bias.any()
        for time in times:
            np.testing.assert_allclose(time, times[0], rtol=1e-12)
            assert 1 <= time.min() < 10 and 85 < time.max() <= 99 and time.mean() == pytest.approx(50, abs=12)


@pytest.mark.parametrize("cell", [cell for cell in GATES if not CELLS[cell].kind.scales])
def test_chrono_gates_remember_the_time_they_were_given(cell):
    """Without weights a unit keeps u/(1+u) a step: a gradient of 1 falls to 1/e in about u steps."""
    e = small(cell=cell, bias_init="chrono", gain=0, input_gain=0, seq_len=50, hidden_size=8)
    trace, _ = run_from_the_end(e)
    state = "c" if "c" in trace.state_grads else "h"
    g, first = trace.state_grads[state][0], CELLS[cell].kind.blocks.index(next(iter(GATES[cell]))) * 8
    times = np.exp(np.abs(trace.weights["bias_ih_l0"][first : first + 8]))
    for t in range(1, 50):
        np.testing.assert_allclose(g[t], g[50] * (times / (1 + times)) ** (50 - t), rtol=1e-10)


def test_a_bias_that_is_set_stands_above_chrono():
    e = small(cell="lstm", bias_init="chrono", forget_bias=2.0)
    own, plain = weights_of(e)["bias_ih_l0"], weights_of(e.replace(forget_bias=None))["bias_ih_l0"]
    assert np.all(own[5:10] == 2.0)
    np.testing.assert_array_equal(own[:5], plain[:5])
    assert np.all(own[:5] <= 0)


def test_the_two_grus_agree_where_nothing_is_reset():
    e = small(cell="gru", num_layers=2, seq_len=80)
    weights = weights_of(e)
    for layer in range(2):
        weights[f"bias_ih_l{layer}"][: e.hidden_size] = 50.0
    after, before = (explorer.run(e.replace(cell=cell), weights) for cell in ("gru", "gru_reset_before"))
    assert np.all(after.gates["reset"] == 1) and np.all(before.gates["reset"] == 1)
    for a, b in ((after.states, before.states), (after.state_grads, before.state_grads)):
        np.testing.assert_allclose(a["h"], b["h"], rtol=1e-9)
    for name, grads in after.weight_grads.items():
        np.testing.assert_allclose(grads, before.weight_grads[name], rtol=1e-9, atol=1e-20, err_msg=name)


def test_the_two_grus_differ_elsewhere():
    e = small(cell="gru")
    after, before = (explorer.run(e.replace(cell=cell), weights_of(e)) for cell in ("gru", "gru_reset_before"))
    assert np.abs(after.state_grads["h"] - before.state_grads["h"]).max() > 1e-3


def test_far_below_the_smallest_float():
    e = explorer.Experiment(activation="sigmoid", seq_len=2000, batch_size=1, task="noise")
    trace, arriving = run_from_the_end(e)
    norms = trace.log10_state_grad_norm["h"]
    assert -1800 < norms[0, 0] < -1500
    assert np.all(trace.state_grads["h"][0, :100] == 0)
    np.testing.assert_allclose(norms, log10_norms_by_decimals(trace, arriving), rtol=0, atol=1e-9)
    own = trace.log10_step_weight_grad_norm["bias_hh_l0"]
    assert np.all(np.isfinite(own)) and own[0] < -1500


def at_rest(e):
    """Zero inputs: without biases h_t = 0, and the gradient grows without saturation."""
    return {"inputs": np.zeros((e.seq_len, e.batch_size, 2))}


@pytest.mark.parametrize("backend", ("numpy", "torch"))
def test_far_above_the_largest_float(backend):
    e = small(init="orthogonal", gain=10, bias_init="zero", seq_len=400, backend=backend)
    trace = explorer.run(e, **at_rest(e))
    g = trace.log10_state_grad_norm["h"][0]
    np.testing.assert_allclose(g, g[400] + 400 - np.arange(401), rtol=0, atol=1e-9)
    assert np.all(np.isinf(trace.state_grads["h"][0, 1]))
    assert trace.overflow_step is None
    own = trace.log10_step_weight_grad_norm["bias_hh_l0"]
    assert np.all(np.isfinite(own)) and own[0] > 390


STACKS = [
    pytest.param({"activation": "tanh", "gain": 10.0}, id="growing"),
    pytest.param({"activation": "tanh", "gain": 0.01}, id="falling"),
    pytest.param({"activation": "sigmoid", "gain": 1.0}, id="sigmoid"),
    pytest.param({"activation": "identity", "gain": 100.0}, id="growing fast"),
]


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("dtype, tolerance", (("float64", 1e-9), ("float32", 1e-4)))
@pytest.mark.parametrize("stack", STACKS)
def test_stacked_layers_far_outside_the_floats(stack, dtype, tolerance, backend):
    """The cotangents from the upper layer span hundreds of decades as well."""
    e = small(**stack, num_layers=2, init="orthogonal", bias_init="zero", seq_len=150, dtype=dtype, backend=backend)
    trace, arriving = run_from_the_end(e, **at_rest(e))
    expected = log10_norms_by_decimals(trace, arriving)
    np.testing.assert_allclose(trace.log10_state_grad_norm["h"], expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("small_end", (0, -1), ids=("small first", "small last"))
def test_cotangents_of_very_different_size(small_end):
    """A norm of 1e-250 is a number also beside one of 1e+250; nothing but the loss connects the steps here."""
    e = small(activation="identity", gain=0.0)
    sizes = np.full(e.seq_len, 1e250)
    sizes[small_end] = 1e-250
    cotangents = sizes[:, None, None] * np.ones((e.seq_len, 3, 5))
    trace = explorer.run(e, weights_of(e, readout=False), output_grads=cotangents)
    expected = np.log10(sizes) + np.log10(15) / 2
    np.testing.assert_allclose(trace.log10_state_grad_norm["h"][0, 1:], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("size", (1e-250, 1e250))
def test_the_readouts_own_contribution_outside_the_squares_of_floats(size):
    e = small()
    cotangents = np.full((e.seq_len, 3, 1), size)
    trace = explorer.run(e, output_grads=cotangents)
    own = trace.log10_step_weight_grad_norm
    np.testing.assert_allclose(own["bias_out"], np.log10(3) + np.log10(size), rtol=0, atol=1e-9)
    reference = np.log10(np.linalg.norm(trace.states["h"][0, 1:].sum(axis=1), axis=-1)) + np.log10(size)
    np.testing.assert_allclose(own["weight_out"], reference, rtol=0, atol=1e-9)


def test_exactly_zero_is_minus_infinity():
    """A dead ReLU passes nothing on: the loss reaches h_T, and no earlier step."""
    e = small(activation="relu")
    weights = weights_of(e)
    weights["bias_ih_l0"][:] = -100
    trace = explorer.run(e, weights)
    g = trace.log10_state_grad_norm["h"][0]
    assert np.isfinite(g[-1])
    assert np.all(g[:-1] == -np.inf)
    assert np.all(trace.weight_grads["weight_hh_l0"] == 0)
    assert np.all(trace.log10_step_weight_grad_norm["weight_hh_l0"] == -np.inf)
    assert trace.overflow_step is None


def first_step_above(limit, e, trace):
    """The first step (1-based) at which |h| exceeds `limit`, by the plain recursion in decimals."""
    w = {name: decimals(array) for name, array in trace.weights.items()}
    x, h = decimals(trace.inputs), decimals(np.zeros((e.batch_size, e.hidden_size)))
    for t in range(e.seq_len):
        h = x[t] @ w["weight_ih_l0"].T + h @ w["weight_hh_l0"].T + w["bias_ih_l0"] + w["bias_hh_l0"]
        h = np.maximum(h, Decimal(0)) if e.activation == "relu" else h
        if max(abs(value) for value in h.ravel()) > limit:
            return t + 1
    return None


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("activation", ("relu", "identity"))
def test_forward_overflow(activation, dtype, backend):
    e = small(activation=activation, init="identity", gain=10, seq_len=330, dtype=dtype, backend=backend)
    trace = explorer.run(e)
    step = trace.overflow_step
    assert step == first_step_above(Decimal(float(np.finfo(dtype).max)), e, trace)
    h = trace.states["h"][0]
    assert np.all(np.isfinite(h[:step]))
    assert not np.all(np.isfinite(h[step]))
    for field in ("state_grads", "log10_state_grad_norm", "weight_grads", "log10_step_weight_grad_norm"):
        assert all(np.all(np.isnan(array)) for array in getattr(trace, field).values()), field
    before = explorer.run(e.replace(seq_len=step - 1), trace.weights, trace.inputs[: step - 1])
    np.testing.assert_allclose(before.states["h"][0], h[:step], rtol=1e-5)
