"""The Jacobian of each step against torch's own derivative of a plainly written step."""

import numpy as np
import pytest
import torch

import explorer
from explorer.model.cells import CELLS as ALL_CELLS
from explorer.questions.lenses.step_jacobians import jacobian_stretches, step_jacobians
from explorer.questions.proof.plain_cells import ACTIVATIONS, STEPS
from tests.common.comparing import CELLS, small, the_error, weights_of

KNOWN = {choices.values[0]["cell"] for choices in CELLS}
EVERY_CELL = [*CELLS, *[pytest.param({"cell": cell}, id=cell) for cell in ALL_CELLS if cell not in KNOWN]]
SAME_STATES = [choices for choices in EVERY_CELL if not ALL_CELLS[choices.values[0]["cell"]].kind.scales]


def any_initial_state(e):
    rng, shape = np.random.default_rng(0), (e.num_layers, e.batch_size, e.hidden_size)
    return {name: rng.standard_normal(shape) for name in ALL_CELLS[e.cell].kind.states}


def torch_jacobians(trace, layer, sequence):
    """(T, S·H, S·H) by `torch.func.jacrev` of the oracle's step, from the trace's states."""
    e = trace.experiment
    names = ALL_CELLS[e.cell].kind.states
    end, phi = f"_l{layer}", getattr(torch, ACTIVATIONS[e.activation])
    p = {n.removesuffix(end): torch.tensor(w) for n, w in trace.weights.items() if n.endswith(end)}
    read = trace.inputs if layer == 0 else trace.states["h"][layer - 1, 1:]

    def stacked(s, x):
        new, _ = STEPS[e.cell](torch, phi, p, x, dict(zip(names, s[None].chunk(len(names), -1), strict=True)))
        return torch.cat([new[name][0] for name in names])

    s = torch.tensor(np.concatenate([trace.states[name][layer, :-1, sequence] for name in names], axis=-1))
    x = torch.tensor(read[:, None, sequence].copy())
    return np.stack([torch.func.jacrev(stacked)(s[t], x[t]).numpy() for t in range(e.seq_len)])


@pytest.mark.parametrize("choices", SAME_STATES)
def test_agrees_with_torch(choices):
    e = small(num_layers=2, gain=1.7, **choices)
    trace = explorer.run(e, initial_state=any_initial_state(e))
    for layer, sequence in ((0, 2), (1, 0)):
        ours = step_jacobians(trace, layer, sequence)
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, torch_jacobians(trace, layer, sequence), rtol=0, atol=1e-12)


def test_an_rnn_by_hand():
    """J_t = diag(1 − h_t²) W."""
    trace = explorer.run(small())
    h, W = trace.states["h"][0, 1:, 1], trace.weights["weight_hh_l0"]
    np.testing.assert_allclose(step_jacobians(trace, sequence=1), (1 - h**2)[..., None] * W, rtol=0, atol=1e-15)


def test_they_carry_the_gradient_back():
    """A loss at the end alone: ∂L/∂s_{t−1} = J_tᵀ ∂L/∂s_t, where ∂L/∂c does not count h_t as a function of c_t."""
    trace = explorer.run(small(cell="gru", seq_len=30))
    g, J = trace.state_grads["h"][0, :, 0], step_jacobians(trace)
    np.testing.assert_allclose(g[:-1], np.einsum("tij,ti->tj", J, g[1:]), rtol=1e-10, atol=1e-18)


def test_single_precision_is_read_in_double():
    trace = explorer.run(small(dtype="float32"))
    assert step_jacobians(trace).dtype == np.float64


def test_stretches_are_the_same_in_pieces():
    trace = explorer.run(small(seq_len=90, hidden_size=40))
    parts = list(jacobian_stretches(trace))
    assert len(parts) > 1
    whole = step_jacobians(trace)
    for first, part in list(jacobian_stretches(trace, backwards=True)):
        np.testing.assert_array_equal(part, whole[first : first + len(part)])
    assert [first for first, _ in jacobian_stretches(trace, backwards=True)] == [first for first, _ in parts][::-1]


def test_a_long_run_goes_by_in_pieces(monkeypatch):
    e = small(seq_len=400, hidden_size=64, batch_size=1)
    trace = explorer.run(e)
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**22))
    assert "budget" in the_error(step_jacobians, trace).rule
    assert sum(len(part) for _, part in jacobian_stretches(trace)) == 400


def test_overflow_leaves_the_steps_before_it():
    e = small(activation="identity", gain=100, seq_len=200)
    trace = explorer.run(e)
    before = trace.overflow_step - 1
    J = step_jacobians(trace)
    np.testing.assert_array_equal(J[:before], np.broadcast_to(trace.weights["weight_hh_l0"], J[:before].shape))
    assert np.isnan(J[before:]).all()


def test_what_is_not_there_is_said():
    trace = explorer.run(small())
    assert the_error(step_jacobians, trace, layer=1).parameter == "layer"
    assert the_error(step_jacobians, trace, sequence=3).parameter == "sequence"
    assert the_error(jacobian_stretches, trace, sequence=-1).parameter == "sequence"


def test_weights_from_outside_are_used():
    e = small()
    weights = weights_of(e)
    weights["weight_hh_l0"] = np.zeros((5, 5))
    assert np.all(step_jacobians(explorer.run(e, weights)) == 0)
