"""Truncated gradients against closed forms, and against the sums of runs that are cut by hand."""

import numpy as np
import pytest
import torch

import explorer
from explorer.model.cells import CELLS as ALL_CELLS
from explorer.questions.lenses.truncation import truncated_by_sliding_window, truncated_in_chunks
from explorer.questions.proof.plain_cells import ACTIVATIONS, STEPS
from tests.common.comparing import CELLS, small, the_error, weights_of

KNOWN = {choices.values[0]["cell"] for choices in CELLS}
EVERY_CELL = [*CELLS, *[pytest.param({"cell": cell}, id=cell) for cell in ALL_CELLS if cell not in KNOWN]]
BOTH = pytest.mark.parametrize("truncated", (truncated_in_chunks, truncated_by_sliding_window))
T = 18


def leaky(steps=50):
    """h_t = 0.9 h_{t−1} + 1, and L = h_T."""
    e = small(activation="identity", hidden_size=1, seq_len=steps, batch_size=1)
    weights = weights_of(e, readout=False) | {"weight_hh_l0": np.array([[0.9]])}
    weights |= {"weight_ih_l0": np.zeros((1, 2)), "bias_ih_l0": np.ones(1), "bias_hh_l0": np.zeros(1)}
    cotangents = np.zeros((steps, 1, 1))
    cotangents[-1] = 1
    return explorer.run(e, weights, output_grads=cotangents)


def test_the_share_that_is_left_of_a_leaky_sum():
    """dL/dw through step T−j is 0.9^j h_{T−1−j}, with h_n = 10 (1 − 0.9^n); dL/db is 0.9^j."""
    result = truncated_by_sliding_window(leaky(), (1, 5, 10, 20, 50))
    np.testing.assert_allclose(result.share["weight_hh_l0"], [0.1029, 0.4209, 0.6682, 0.8973, 1], rtol=0, atol=5e-5)
    j = np.arange(50)
    through = 0.9**j * (1 - 0.9 ** (49 - j))
    expected = [through[:k].sum() / through.sum() for k in result.windows]
    np.testing.assert_allclose(result.share["weight_hh_l0"], expected, rtol=1e-12)
    np.testing.assert_allclose(result.share["bias_ih_l0"], (1 - 0.9**result.windows) / (1 - 0.9**50), rtol=1e-12)
    np.testing.assert_allclose(result.cosine["weight_hh_l0"], 1, rtol=1e-12)


def test_exactly_nothing_beyond_the_window():
    result = truncated_by_sliding_window(leaky(), (1, 5, 10, 20))
    for k, norms in zip(result.windows, result.log10_state_grad_norm["h"][:, 0], strict=True):
        assert np.all(norms[: 51 - k] == -np.inf)
        np.testing.assert_allclose(norms[51 - k :], np.arange(k)[::-1] * np.log10(0.9), rtol=0, atol=1e-12)


def test_chunks_count_from_the_first_step():
    """With T = 50 and k = 20 the last chunk holds the steps 41 to 50: ten are left of a loss at the end."""
    chunks, window = truncated_in_chunks(leaky(), (5, 10, 20)), truncated_by_sliding_window(leaky(), (5, 10, 20))
    for name in ("weight_hh_l0", "bias_ih_l0"):
        np.testing.assert_allclose(chunks.share[name], window.share[name][[0, 1, 1]], rtol=1e-12)
    assert np.all(chunks.log10_state_grad_norm["h"][2, 0, :41] == -np.inf)
    assert np.all(np.isfinite(chunks.log10_state_grad_norm["h"][2, 0, 41:]))


def by_torch(trace, cut):
    """Parameter → gradient by autograd of a plain loop whose states are detached where `cut(t)` says, after step t."""
    e, leaf = trace.experiment, lambda a: torch.tensor(np.asarray(a), requires_grad=True)
    p = {name: leaf(w) for name, w in trace.weights.items()}
    state = [{n: torch.tensor(s[n_layer, 0]) for n, s in trace.states.items()} for n_layer in range(e.num_layers)]
    outputs = []
    for t in range(1, e.seq_len + 1):
        x, new = torch.tensor(trace.inputs[t - 1]), []
        for layer, last in enumerate(state):
            own = {n.removesuffix(f"_l{layer}"): w for n, w in p.items() if n.endswith(f"_l{layer}")}
            s, _ = STEPS[e.cell](torch, getattr(torch, ACTIVATIONS[e.activation]), own, x, last)
            new.append(s)
            x = s["h"]
        outputs.append(x @ p["weight_out"].T + p["bias_out"])
        state = [{n: v.detach() if cut(t) else v for n, v in s.items()} for s in new]
    n = len(trace.output_grads)
    torch.stack(outputs[-n:]).backward(torch.tensor(trace.output_grads.copy()))
    return {n: np.zeros(w.shape) if w.grad is None else w.grad.numpy() for n, w in p.items() if not n.endswith("_out")}


def assert_share_and_cosine(result, i, truth, left):
    for name in truth:
        assert_one(result.share[name][i], result.cosine[name][i], truth[name].ravel(), left[name].ravel())
    everything = [np.concatenate([g.ravel() for g in gradients.values()]) for gradients in (truth, left)]
    assert_one(result.total_share[i], result.total_cosine[i], *everything)


def assert_one(share, cosine, truth, left):
    size, rest = np.linalg.norm(truth), np.linalg.norm(left)
    if size == 0:
        assert np.isnan(share) and np.isnan(cosine)
        return
    assert share == pytest.approx(rest / size, rel=1e-9, abs=1e-15)
    assert np.isnan(cosine) if rest == 0 else cosine == pytest.approx(truth @ left / size / rest, abs=1e-9)


@pytest.mark.parametrize("choices", EVERY_CELL)
def test_chunks_against_detach(choices):
    trace = explorer.run(small(task="text", loss_at="every", num_layers=2, seq_len=T, gain=1.5, **choices))
    windows = (1, 5, T)
    result, truth = truncated_in_chunks(trace, windows), by_torch(trace, lambda t: False)
    for i, k in enumerate(windows):
        assert_share_and_cosine(result, i, truth, by_torch(trace, lambda t, k=k: t % k == 0))


@pytest.mark.parametrize("choices", EVERY_CELL)
def test_a_sliding_window_against_one_loss_at_a_time(choices):
    """Each loss on its own, detached k steps before it."""
    trace = explorer.run(small(loss_at="every", num_layers=2, seq_len=7, gain=1.5, batch_size=2, **choices))
    truth, windows = by_torch(trace, lambda t: False), (2, 4)
    result = truncated_by_sliding_window(trace, windows)
    for i, k in enumerate(windows):
        left = {name: np.zeros_like(g) for name, g in truth.items()}
        for t in range(1, 8):
            grads = np.zeros((7, *trace.output_grads.shape[1:]))
            grads[t - 1] = trace.output_grads[t - 1]
            one = explorer.run(trace.experiment, trace.weights, trace.inputs, output_grads=grads)
            for name, g in by_torch(one, lambda s, t=t, k=k: s == t - k).items():
                left[name] += g
        assert_share_and_cosine(result, i, truth, left)


@BOTH
@pytest.mark.parametrize("loss_at", ("last", "every"))
@pytest.mark.parametrize("choices", EVERY_CELL)
def test_the_whole_length_is_no_truncation(truncated, loss_at, choices):
    trace = explorer.run(small(task="text", loss_at=loss_at, num_layers=2, seq_len=40, **choices))
    result = truncated(trace, (40,))
    for name, norms in trace.log10_state_grad_norm.items():
        ours = result.log10_state_grad_norm[name][0]
        if truncated is truncated_in_chunks:  # the states after step T belong to no later chunk, those before step 1 do
            np.testing.assert_allclose(ours, norms, rtol=0, atol=1e-9)
        else:  # of the last loss, only the way to the initial state is one step too long
            np.testing.assert_allclose(ours[:, 1:], norms[:, 1:], rtol=0, atol=1e-9)
    assert set(result.share) == {name for name in trace.weights if not name.endswith("_out")}
    np.testing.assert_allclose([result.total_share, result.total_cosine], 1, rtol=1e-9)


@BOTH
def test_one_step_is_the_loss_alone(truncated):
    """k = 1: at each step only what its own loss sends."""
    trace = explorer.run(small(task="text", loss_at="every", seq_len=30))
    arriving = np.linalg.norm(trace.output_grads @ trace.weights["weight_out"], axis=(1, 2))
    norms = truncated(trace, (1,)).log10_state_grad_norm["h"][0, 0]
    np.testing.assert_allclose(norms[1:], np.log10(arriving), rtol=0, atol=1e-12)


@BOTH
def test_long_windows_and_many_of_them_agree_with_each_alone(truncated):
    trace = explorer.run(small(task="text", loss_at="every", seq_len=90, cell="gru"))
    together = truncated(trace, (1, 16, 17, 33, 90))
    for i, k in enumerate((1, 16, 17, 33, 90)):
        alone = truncated(trace, (k,))
        np.testing.assert_allclose(together.total_share[i], alone.total_share[0], rtol=1e-12)
        np.testing.assert_allclose(
            together.log10_state_grad_norm["h"][i], alone.log10_state_grad_norm["h"][0], rtol=0, atol=1e-12
        )


@BOTH
@pytest.mark.parametrize("gain, share", ((0.01, 1.0), (40.0, 0.0)))
def test_far_outside_of_the_floats(truncated, gain, share):
    """A network in which a loss falls to 1e-1800 or grows to 1e+1400: shares are ratios, and stay right."""
    e = small(activation="tanh", init="orthogonal", gain=gain, bias_init="zero", seq_len=900, batch_size=1)
    trace = explorer.run(
        e, inputs=np.zeros((900, 1, 2)), output_grads=np.ones((900, 1, 5)), weights=weights_of(e, False)
    )
    result = truncated(trace, (30, 900))
    norms = trace.log10_state_grad_norm["h"]
    assert result.share["bias_hh_l0"] == pytest.approx([share, 1.0], abs=1e-3)
    np.testing.assert_allclose(result.log10_state_grad_norm["h"][1][:, 1:], norms[:, 1:], rtol=0, atol=1e-9)


@BOTH
def test_where_the_true_gradient_is_zero(truncated):
    e = small(activation="relu", seq_len=20)
    weights = weights_of(e)
    weights["bias_ih_l0"][:] = -50.0
    result = truncated(explorer.run(e, weights), (1, 5))
    assert np.isnan(result.total_share).all() and np.isnan(result.cosine["weight_hh_l0"]).all()


@BOTH
def test_overflow_is_a_code(truncated):
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200))
    result = truncated(trace, (1, 5))
    assert result.code == "overflowed" and np.isnan(result.total_share).all()
    assert result.log10_state_grad_norm["h"].shape == (2, 1, 201)


@BOTH
def test_progress_and_what_is_not_there(truncated):
    trace = explorer.run(small(seq_len=100))
    told = []
    truncated(trace, (3,), progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 5
    assert the_error(truncated, trace, (0,)).parameter == "windows"
    assert the_error(truncated, trace, (5, 101)).parameter == "windows"


def test_too_many_losses_at_once(monkeypatch):
    trace = explorer.run(small(task="text", loss_at="every", seq_len=1000, batch_size=8))
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**20))
    assert "budget" in the_error(truncated_by_sliding_window, trace, (1000,)).rule
    truncated_by_sliding_window(trace, (10,))
