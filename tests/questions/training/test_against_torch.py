"""Fifty steps of each optimiser with each clipping, against torch.optim and torch.nn.utils on the same batches."""

import numpy as np
import pytest

import explorer
from explorer.questions.training import read_batch

torch = pytest.importorskip("torch")

MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
OPTIMISERS = {
    "sgd": lambda p, rate: torch.optim.SGD(p, lr=rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.8),
    "rmsprop": lambda p, rate: torch.optim.RMSprop(p, lr=rate),
    "adam": lambda p, rate: torch.optim.Adam(p, lr=rate),
}
CLIPPERS = {
    "none": lambda p, threshold: None,
    "norm": torch.nn.utils.clip_grad_norm_,
    "value": torch.nn.utils.clip_grad_value_,
}
STEPS = 50


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The matrices are small: with more threads, torch loses more time by waiting than it gains."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def by_torch(e, weights, optimiser, rate):
    """(losses, gradient norms before clipping, last weights)."""
    inputs = weights["weight_ih_l0"].shape[1]
    net = MODULES[e.cell](inputs, e.hidden_size, e.num_layers, dtype=torch.float64)
    readout = torch.nn.Linear(e.hidden_size, len(weights["weight_out"]), dtype=torch.float64)
    named = {**dict(net.named_parameters()), "weight_out": readout.weight, "bias_out": readout.bias}
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(torch.tensor(weights[name]))
    step = OPTIMISERS[optimiser](named.values(), rate)
    losses, norms = [], []
    for iteration in range(1, STEPS + 1):
        x, y = (torch.tensor(array) for array in read_batch(e, iteration))
        step.zero_grad()
        outputs = readout(net(x)[0])[-len(y) :]
        if y.dtype == torch.int64:
            loss = torch.nn.functional.cross_entropy(outputs.flatten(0, 1), y.flatten(), reduction="sum")
            loss = loss / e.batch_size
        else:
            loss = torch.nn.functional.mse_loss(outputs, y) * len(y)
        loss.backward()
        norms.append(torch.linalg.vector_norm(torch.cat([p.grad.ravel() for p in named.values()])).item())
        CLIPPERS[e.clip](named.values(), e.clip_threshold)
        step.step()
        losses.append(loss.item())
    return losses, norms, {name: parameter.detach().numpy() for name, parameter in named.items()}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("clip", CLIPPERS)
@pytest.mark.parametrize(
    ("cell", "settings"),
    [
        ("rnn", {"task": "copy", "loss_at": "every", "num_layers": 2}),
        ("lstm", {"task": "adding"}),
        ("gru", {"task": "text", "text": "abcab cabbac"}),
    ],
)
def test_fifty_steps(cell, settings, clip, optimiser):
    threshold = 0.05 if clip == "norm" else 0.005
    e = explorer.Experiment(
        cell=cell, seq_len=12, batch_size=3, hidden_size=5, clip=clip, clip_threshold=threshold, **settings
    )
    rate = 0.01
    training = explorer.train(e, optimiser=optimiser, learning_rate=rate, steps=STEPS, momentum=0.8)
    first = {name: w[0] for name, w in training.layout.views(training.checkpoint().weights).items()}
    losses, norms, last = by_torch(e, first, optimiser, rate)
    steps = list(training)
    np.testing.assert_allclose([s.loss[0] for s in steps], losses, rtol=1e-9)
    np.testing.assert_allclose([s.norm_before[0] for s in steps], norms, rtol=1e-9)
    ours = training.layout.views(training.checkpoint().weights)
    for name, w in last.items():
        np.testing.assert_allclose(ours[name][0], w, rtol=1e-9, atol=1e-9, err_msg=name)
    if clip != "none":
        assert sum(s.factor[0] < 1 for s in steps) > STEPS / 4, "clipping has to engage to be compared"
