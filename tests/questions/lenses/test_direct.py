"""The direct gradient, against `retain_grad` on the output of torch's own layers; the total one, against a loop."""

import numpy as np
import pytest

import explorer
from explorer.questions.lenses.direct import direct_against_total, direct_vectors
from tests.common.comparing import CELLS, oracle_of, small, weights_of, worst

torch = pytest.importorskip("torch")
LAYERS = {
    "rnn-tanh": ({"cell": "rnn", "activation": "tanh"}, torch.nn.RNN),
    "rnn-relu": ({"cell": "rnn", "activation": "relu"}, lambda *a, **k: torch.nn.RNN(*a, nonlinearity="relu", **k)),
    "lstm": ({"cell": "lstm"}, torch.nn.LSTM),
    "gru": ({"cell": "gru"}, torch.nn.GRU),
}


def retained(layer, readout, x, y, loss_at):
    """∂L/∂out as `out.retain_grad()` keeps it."""
    out, _ = layer(x)
    out.retain_grad()
    loss = torch.nn.functional.mse_loss(readout(out), y, reduction="none").mean(dim=(1, 2))
    (loss.sum() if loss_at == "every" else loss[-1]).backward()
    return out.grad.numpy()


@pytest.mark.parametrize("loss_at", ("last", "every"))
@pytest.mark.parametrize("num_layers", (1, 2))
@pytest.mark.parametrize("cell, layer_of", LAYERS.values(), ids=LAYERS.keys())
def test_it_is_what_torch_retains(cell, layer_of, num_layers, loss_at):
    e = small(**cell, num_layers=num_layers, loss_at=loss_at, seq_len=40)
    torch.manual_seed(0)
    layer = layer_of(4, e.hidden_size, num_layers=num_layers, dtype=torch.float64)
    readout = torch.nn.Linear(e.hidden_size, 6, dtype=torch.float64)
    x, y = torch.randn(40, 3, 4, dtype=torch.float64), torch.randn(40, 3, 6, dtype=torch.float64)
    theirs = retained(layer, readout, x, y, loss_at)

    weights = layer.state_dict() | {"weight_out": readout.weight.detach(), "bias_out": readout.bias.detach()}
    trace = explorer.run(e, weights, x, y if loss_at == "every" else y[-1])
    assert worst(direct_vectors(trace), theirs, (-2, -1)) < 1e-10
    found = direct_against_total(trace)
    norms = np.linalg.norm(theirs.reshape(40, -1), axis=1)
    np.testing.assert_allclose(10**found.log10_direct, norms, rtol=1e-10)
    assert found.heard == np.count_nonzero(norms) == (40 if loss_at == "every" else 1)


@pytest.mark.parametrize("choices", CELLS)
def test_the_total_is_what_a_loop_over_steps_retains(choices):
    e = small(task="text", loss_at="every", **choices)
    found = direct_against_total(explorer.run(e))
    total = np.linalg.norm(oracle_of(e).state_grads["h"][-1, 1:].reshape(e.seq_len, -1), axis=1)
    np.testing.assert_allclose(10**found.log10_total, total, rtol=1e-10)
    assert found.log10_direct[-1] == pytest.approx(found.log10_total[-1], abs=1e-10)


def test_without_a_readout_it_is_the_cotangent_itself_at_any_size():
    e = small(cell="gru", seq_len=20, loss_at="every")
    cotangents = (
        np.random.default_rng(0).standard_normal((20, 3, 5)) * 10.0 ** np.linspace(-290, 290, 20)[:, None, None]
    )
    cotangents[7] = 0
    trace = explorer.run(e, weights_of(e, readout=False), output_grads=cotangents)
    np.testing.assert_array_equal(direct_vectors(trace), cotangents)
    found = direct_against_total(trace)
    peaks = np.abs(cotangents).max(axis=(1, 2))
    assert found.heard == 19 and found.log10_direct[7] == -np.inf
    there = peaks > 0
    scaled = np.linalg.norm((cotangents[there] / peaks[there, None, None]).reshape(19, -1), axis=1)
    np.testing.assert_allclose(found.log10_direct[there], np.log10(scaled) + np.log10(peaks[there]), rtol=0, atol=1e-10)


def test_it_never_looks_as_if_it_vanished():
    """With a loss at every step the direct gradient stays level whatever the recurrent weights are."""
    for gain in (0.1, 1.0, 1.5):
        direct = direct_against_total(
            explorer.run(small(gain=gain, seq_len=60, loss_at="every", task="text"))
        ).log10_direct
        assert direct.max() - direct.min() < 0.5


def test_overflow_is_a_code():
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200))
    found = direct_against_total(trace)
    assert found.code == "overflowed" and found.heard == 0 and np.isnan(found.log10_direct).all()
    assert np.isnan(direct_vectors(trace)).all()
