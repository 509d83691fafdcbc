"""The engine against torch autograd on plainly written equations, every array, step by step."""

import numpy as np
import pytest

import explorer
from explorer.base.backend import torch_is_installed
from explorer.model.cells import CELLS as ALL_CELLS
from tests.common.comparing import (
    CELLS,
    LOSSES,
    assert_agrees,
    oracle,
    oracle_of,
    random_initial_state,
    small,
    weights_of,
)

pytestmark = pytest.mark.skipif(not torch_is_installed(), reason="the oracle is torch autograd")
BACKENDS = ("numpy", "torch")


@pytest.mark.parametrize("with_initial_state", (False, True), ids=("zero-state", "given-state"))
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("num_layers", (1, 2))
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("cell", CELLS)
def test_float64(cell, backend, num_layers, loss, with_initial_state):
    e = small(**cell, **loss, num_layers=num_layers, backend=backend)
    given = {"initial_state": random_initial_state(e)} if with_initial_state else {}
    assert_agrees(explorer.run(e, **given), oracle_of(e, with_initial_state), 1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_beyond_one_chunk_of_steps(cell):
    """The backward pass goes in chunks of 64 steps; three of them, the last one short."""
    e = small(**cell, loss_at="every", num_layers=2, seq_len=140)
    assert_agrees(explorer.run(e), oracle(e), 1e-10)


def _shut(kind):
    """The gates that keep the state all but shut."""
    return {bias: -4.0 * kind.keeps[gate] for bias, gate in kind.bias_of.items()}


FAR = {
    "tanh": {"cell": "rnn", "activation": "tanh", "gain": 0.05},
    "relu": {"cell": "rnn", "activation": "relu", "gain": 0.15},
    "sigmoid": {"cell": "rnn", "activation": "sigmoid", "gain": 0.3},
    "identity": {"cell": "rnn", "activation": "identity", "gain": 0.05},
    "tanh at rest, growing": {"cell": "rnn", "gain": 8.0, "bias_init": "zero"},
    "indrnn": {"cell": "indrnn", "gain": 0.05},
    "higher_order": {"cell": "higher_order", "gain": 0.005},
    "indrnn at rest, growing": {"cell": "indrnn", "gain": 8.0, "bias_init": "zero"},
    **{name: {"cell": name, "gain": 0.1, **_shut(row.kind)} for name, row in ALL_CELLS.items() if row.kind.bias_of},
}


@pytest.mark.parametrize("num_layers", (1, 2))
@pytest.mark.parametrize("far", FAR.values(), ids=FAR.keys())
def test_where_the_exponent_has_to_follow(far, num_layers):
    """A hundred decades and more from end to end, which is beyond what the engine carries with one exponent."""
    e = small(**far, num_layers=num_layers, seq_len=110, init="orthogonal")
    given = {"inputs": np.zeros((110, 3, 2))} if e.bias_init == "zero" else {}
    trace = explorer.run(e, **given)
    first, last = trace.log10_state_grad_norm["h"][0, [1, -1]]
    assert abs(first - last) > 95
    assert_agrees(trace, oracle(e, **given), 1e-10)


@pytest.mark.parametrize("num_layers", (1, 2))
def test_where_the_exponent_has_to_follow_a_linear_recurrent_unit(num_layers):
    """Its λ is not a parameter of the experiment, so the test gives weights."""
    e = small(cell="lru", num_layers=num_layers, seq_len=110)
    weights = {name: np.maximum(w, 1.0) if name.startswith("weight_nu") else w for name, w in weights_of(e).items()}
    trace = explorer.run(e, weights)
    first, last = trace.log10_state_grad_norm["h"][0, [1, -1]]
    assert last - first > 95
    assert_agrees(trace, oracle(e, weights=weights), 1e-10)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("num_layers", (1, 2))
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("cell", CELLS)
def test_float32(cell, backend, num_layers, loss):
    e = small(**cell, **loss, num_layers=num_layers, backend=backend, dtype="float32")
    trace = explorer.run(e)
    assert trace.states["h"].dtype == trace.state_grads["h"].dtype == np.float32
    assert_agrees(trace, oracle_of(e), 1e-4)


@pytest.mark.parametrize("batch_size, hidden_size", ((1, 5), (3, 5), (40, 2), (1, 80), (3, 1)))
@pytest.mark.parametrize("cell", CELLS)
def test_batches_narrow_and_wide(cell, batch_size, hidden_size):
    """The norm of a step's own contribution is worked out in two ways, by which side is the longer one."""
    e = small(**cell, batch_size=batch_size, hidden_size=hidden_size, seq_len=20)
    assert_agrees(explorer.run(e), oracle(e), 1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("cell", CELLS)
def test_weights_without_a_readout(cell, backend):
    e = small(**cell, backend=backend, num_layers=2)
    given = {
        "weights": weights_of(e, readout=False),
        "targets": np.random.default_rng(1).standard_normal((3, 5)),
    }
    trace = explorer.run(e, **given)
    np.testing.assert_array_equal(trace.outputs, trace.states["h"][-1, 1:])
    assert_agrees(trace, oracle(e, **given), 1e-10)


@pytest.mark.parametrize("readout", (True, False))
@pytest.mark.parametrize("cell", CELLS)
def test_given_cotangents_of_the_outputs(cell, readout):
    e = small(**cell, num_layers=2)
    weights = weights_of(e, readout)
    width = 1 if readout else 5
    given = {"weights": weights, "output_grads": np.random.default_rng(1).standard_normal((12, 3, width))}
    trace = explorer.run(e, **given)
    assert np.isnan(trace.loss)
    assert_agrees(trace, oracle(e, **given), 1e-10)


TARGETS = {
    "classes (B,)": ("last", np.array([0, 2, 1])),
    "classes (T, B) at the last step": ("last", np.arange(36).reshape(12, 3) % 3),
    "classes (T, B)": ("every", np.arange(36).reshape(12, 3) % 3),
    "floats (B, O)": ("last", np.linspace(-1, 1, 12).reshape(3, 4)),
    "floats (T, B, O) at the last step": ("last", np.linspace(-1, 1, 144).reshape(12, 3, 4)),
    "floats (T, B, O)": ("every", np.linspace(-1, 1, 144).reshape(12, 3, 4)),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss_at, targets", TARGETS.values(), ids=TARGETS.keys())
def test_targets_of_every_kind(loss_at, targets, backend):
    e = small(cell="lstm", loss_at=loss_at, backend=backend)
    inputs = np.random.default_rng(2).standard_normal((12, 3, 7))
    given = {"inputs": inputs, "targets": targets}
    trace = explorer.run(e, **given)
    assert trace.weights["weight_ih_l0"].shape == (20, 7)
    assert_agrees(trace, oracle(e, **given), 1e-10)


def test_a_loss_at_the_last_step_reads_the_last_targets():
    e, targets = small(), np.random.default_rng(0).standard_normal((12, 3, 1))
    assert explorer.run(e, targets=targets).loss == explorer.run(e, targets=targets[-1]).loss


@pytest.mark.parametrize("backend", BACKENDS)
def test_everything_as_torch_tensors(backend):
    import torch

    e = small(cell="gru", backend=backend)
    arrays = {
        "weights": weights_of(e),
        "inputs": np.random.default_rng(0).standard_normal((12, 3, 2)),
        "targets": np.ones((3, 1)),
        "initial_state": random_initial_state(e),
    }

    def tensors(value):
        if isinstance(value, dict):
            return {name: tensors(v) for name, v in value.items()}
        return torch.tensor(value, requires_grad=True)

    trace = explorer.run(e, **{name: tensors(value) for name, value in arrays.items()})
    assert trace.supplied == tuple(arrays)
    assert_agrees(trace, oracle(e, **arrays), 1e-10)


def test_the_steps_sum_to_the_total():
    """With one step's loss after another given as cotangents, the weight gradients add up: BPTT is linear."""
    e, cotangents = small(cell="gru", num_layers=2), np.random.default_rng(0).standard_normal((12, 3, 1))
    whole = explorer.run(e, output_grads=cotangents).weight_grads
    parts = [explorer.run(e, output_grads=cotangents * (np.arange(12) == t)[:, None, None]) for t in range(12)]
    for name, total in whole.items():
        np.testing.assert_allclose(sum(p.weight_grads[name] for p in parts), total, rtol=1e-9, atol=1e-14)
