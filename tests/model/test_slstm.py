"""The sLSTM's own facts: what the stabiliser does, and that it changes neither h nor any gradient."""

import numpy as np
import pytest
import torch

import explorer
from explorer.questions.lenses.step_jacobians import step_jacobians
from explorer.questions.proof.plain_cells import STEPS
from tests.common.comparing import oracle_of, small, weights_of

E = small(cell="slstm", seq_len=12, loss_at="every", task="copy")


def plainly(weights, inputs):
    """h, c, n at every step by the paper's first equations, without a stabiliser."""
    w = {name.removesuffix("_l0"): torch.tensor(value) for name, value in weights.items()}
    B, H = inputs.shape[1], w["weight_hh"].shape[1]
    h, c, n, seen = *torch.zeros(3, B, H, dtype=torch.float64), []
    for x in torch.tensor(inputs):
        a = x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]
        a_i, a_f, a_z, a_o = a.chunk(4, dim=-1)
        i, f, z, o = torch.exp(a_i), torch.sigmoid(a_f), torch.tanh(a_z), torch.sigmoid(a_o)
        c, n = f * c + i * z, f * n + i
        h = o * c / n
        seen.append((h, c, n))
    return [np.stack([np.asarray(step[place]) for step in seen]) for place in range(3)]


def test_without_a_stabiliser_h_is_the_same_and_c_and_n_are_larger_by_its_power():
    trace = explorer.run(E)
    h, c, n = plainly(trace.weights, trace.inputs)
    scale = np.exp(trace.states["m"][0, 1:])
    np.testing.assert_allclose(trace.states["h"][0, 1:], h, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(trace.states["c"][0, 1:] * scale, c, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(trace.states["n"][0, 1:] * scale, n, rtol=1e-11)


def test_autograd_through_the_stabiliser_finds_the_same_and_nothing_for_m_itself():
    """The oracle's step does not detach m; the total derivative by m is zero up to rounding."""
    trace, answer = explorer.run(E), oracle_of(E)
    assert "m" not in trace.state_grads
    for name, grads in trace.state_grads.items():
        np.testing.assert_allclose(grads, answer.state_grads[name], rtol=0, atol=1e-15)
    assert np.abs(answer.state_grads["m"][:, 1:]).max() < 1e-15 < 1e-4 < np.abs(answer.state_grads["c"]).max()


def test_where_plain_exponentials_overflow_the_stabiliser_holds():
    weights = {name: w * (2000.0 if name == "weight_ih_l0" else 1.0) for name, w in weights_of(E).items()}
    trace = explorer.run(E, weights)
    assert trace.overflow_step is None
    assert np.abs(trace.states["m"]).max() > 710, "e to this is no float"
    assert trace.gates["input"].max() <= 1.0
    assert np.abs(trace.states["h"]).max() <= 1.0


def test_memory_fades_with_the_forget_gate_where_nothing_new_counts():
    """Without weights ∂L/∂c, in the scale of the plain equations, falls by σ(b_f) a step."""
    e = small(cell="slstm", gain=0, input_gain=0, bias_init="zero", forget_bias=1.0, seq_len=40)
    trace = explorer.run(e)
    grads, scale = trace.state_grads["c"][0, 1:], np.exp(-trace.states["m"][0, 1:])
    plain = np.linalg.norm((grads * scale).reshape(40, -1), axis=1)
    np.testing.assert_allclose(plain[:-1] / plain[1:], 1 / (1 + np.exp(-1.0)), rtol=1e-10)


@pytest.mark.parametrize("layer", [0, 1])
def test_step_jacobians_are_torchs_with_the_scale_held(layer):
    """c and n have the factor e^−m: to hold m constant, the effect of its change on them is added back."""
    trace = explorer.run(small(cell="slstm", num_layers=2, gain=1.7))
    H, names = trace.experiment.hidden_size, ("h", "c", "n", "m")
    end = f"_l{layer}"
    p = {n.removesuffix(end): torch.tensor(w) for n, w in trace.weights.items() if n.endswith(end)}
    read = trace.inputs if layer == 0 else trace.states["h"][layer - 1, 1:]
    ours = step_jacobians(trace, layer)
    for t in range(trace.experiment.seq_len):

        def stacked(s, t=t):
            x, states = torch.tensor(read[t, :1]), dict(zip(names, s[None].chunk(4, -1), strict=True))
            new, _ = STEPS["slstm"](torch, None, p, x, states)
            return torch.cat([new[name][0] for name in names])

        before = torch.tensor(np.concatenate([trace.states[name][layer, t, 0] for name in names]))
        theirs = torch.func.jacrev(stacked)(before).numpy()
        for place, name in ((1, "c"), (2, "n")):
            value = trace.states[name][layer, t + 1, 0][:, None]
            theirs[place * H : (place + 1) * H] += value * theirs[3 * H :]
        np.testing.assert_allclose(ours[t], theirs[: 3 * H, : 3 * H], rtol=0, atol=1e-12)
