"""The engine against torch.nn.RNN, LSTM and GRU, which know nothing of our equations or of the oracle's."""

import numpy as np
import pytest

import explorer
from tests.common.comparing import random_initial_state, small, worst

torch = pytest.importorskip("torch")
MODULES = {
    "rnn-tanh": ({"cell": "rnn", "activation": "tanh"}, lambda *a, **k: torch.nn.RNN(*a, nonlinearity="tanh", **k)),
    "rnn-relu": ({"cell": "rnn", "activation": "relu"}, lambda *a, **k: torch.nn.RNN(*a, nonlinearity="relu", **k)),
    "lstm": ({"cell": "lstm"}, lambda *a, **k: torch.nn.LSTM(*a, **k)),
    "gru": ({"cell": "gru"}, lambda *a, **k: torch.nn.GRU(*a, **k)),
}


@pytest.mark.parametrize("loss_at", ("last", "every"))
@pytest.mark.parametrize("num_layers", (1, 3))
@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("cell, module", MODULES.values(), ids=MODULES.keys())
def test_same_outputs_and_gradients(cell, module, backend, num_layers, loss_at):
    e = small(**cell, backend=backend, num_layers=num_layers, loss_at=loss_at, seq_len=70)
    torch.manual_seed(0)
    network = module(4, e.hidden_size, num_layers=num_layers, dtype=torch.float64)
    inputs, targets = torch.randn(70, 3, 4, dtype=torch.float64), torch.randn(70, 3, 5, dtype=torch.float64)
    initial = {name: torch.tensor(s, requires_grad=True) for name, s in random_initial_state(e).items()}

    outputs, _ = network(inputs, tuple(initial.values()) if e.cell == "lstm" else initial["h"])
    loss = torch.nn.functional.mse_loss(outputs, targets, reduction="none").mean(dim=(1, 2))
    loss = loss.sum() if loss_at == "every" else loss[-1]
    loss.backward()

    trace = explorer.run(e, network.state_dict(), inputs, targets, initial)
    assert worst(trace.outputs, outputs.detach(), (-2, -1)) < 1e-12
    assert trace.loss == pytest.approx(loss.item(), rel=1e-12)
    for name, parameter in network.named_parameters():
        assert worst(trace.weight_grads[name], parameter.grad, None) < 1e-10, name
    for name, state in initial.items():
        assert worst(trace.state_grads[name][:, 0], state.grad, (-2, -1)) < 1e-10, name


def test_default_weights_have_torchs_distribution():
    """U(±1/√H) everywhere, as `torch.nn.LSTM` draws: the same bounds, and the same spread within a few per cent."""
    ours = explorer.run(small(cell="lstm", hidden_size=64, input_size=8, seq_len=2)).weights
    for name, theirs in torch.nn.LSTM(8, 64).named_parameters():
        assert ours[name].shape == tuple(theirs.shape)
        assert np.abs(ours[name]).max() <= 64**-0.5
        assert ours[name].std() == pytest.approx(theirs.std().item(), rel=0.15)
