"""The ways of the gradient, against autograd with all other ways cut, closed forms, and the trace that they sum to."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS as KINDS
from explorer.questions.lenses.linear_steps import LinearSteps
from explorer.questions.lenses.paths import path_vectors, paths
from tests.common.comparing import CELLS, LOSSES, small, the_error, weights_of


@pytest.mark.parametrize("choices", CELLS)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_parts_sum_to_the_trace(choices, loss):
    trace = explorer.run(small(num_layers=2, seq_len=40, gain=1.3, **loss, **choices))
    for layer in (0, 1):
        found = paths(trace, layer)
        for name, parts in path_vectors(trace, layer).items():
            theirs = trace.state_grads[name][layer, 1:]
            np.testing.assert_allclose(parts.sum(axis=0), theirs, rtol=0, atol=1e-12 * np.abs(theirs).max())
            sizes = np.linalg.norm(parts.reshape(*parts.shape[:2], -1), axis=-1)
            np.testing.assert_allclose(10 ** found.log10_part[name], sizes, rtol=1e-10)
            norms = trace.log10_state_grad_norm[name][layer, 1:]
            np.testing.assert_allclose(found.log10_total[name], norms, rtol=0, atol=1e-10)
            there = np.isfinite(norms)
            np.testing.assert_allclose(found.share[name][:, there].sum(axis=0), 1.0, rtol=0, atol=1e-12)
            assert np.isnan(found.share[name][:, ~there]).all()


@pytest.mark.parametrize("choices", CELLS)
def test_every_block_of_delta_is_named(choices):
    trace = explorer.run(small(**choices))
    steps = LinearSteps(trace, 0)
    part = steps.stretch(0, 1)
    _, delta = steps.back(part.rows(1)[0], steps.zeros(3, 1))
    assert delta.shape[-1] == len(steps.cell.delta_blocks) * steps.units
    assert {name for name in steps.cell.delta_blocks if name} == set(steps.cell.blocks)


def apart(torch, cell, trace, t):
    """Step t with a copy of the last state for each use: the copies by way, and the new states by name.

    The trace's ∂L/∂c counts h as a function of c, so h is given here with c held.
    """
    W, x = (torch.tensor(trace.weights[name]) for name in ("weight_hh_l0", "weight_ih_l0"))
    drive = torch.tensor(trace.inputs[t - 1]) @ x.T + torch.tensor(trace.weights["bias_ih_l0"])
    last = {name: torch.tensor(s[0, t - 1]) for name, s in trace.states.items()}
    names = KINDS[cell].kind.blocks
    copies = {name: last["h"].clone().requires_grad_() for name in names}
    copies["direct"] = last["c" if cell == "lstm" else "h"].clone().requires_grad_()
    bias = torch.tensor(trace.weights["bias_hh_l0"]).chunk(len(names))
    u = {n: copies[n] @ w.T + b for n, w, b in zip(names, W.chunk(len(names)), bias, strict=True)}
    a = dict(zip(names, drive.chunk(len(names), dim=1), strict=True))
    if cell == "lstm":
        i, f, o = (torch.sigmoid(a[n] + u[n]) for n in ("input", "forget", "output"))
        c = f * copies["direct"] + i * torch.tanh(a["candidate"] + u["candidate"])
        return copies, {"h": o * torch.tanh(c.detach()), "c": c}
    r, z = (torch.sigmoid(a[n] + u[n]) for n in ("reset", "update"))
    n = torch.tanh(a["candidate"] + r * u["candidate"])
    return copies, {"h": (1 - z) * n + z * copies["direct"]}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_each_part_is_what_autograd_sends_that_way_alone(cell):
    torch = pytest.importorskip("torch")
    trace = explorer.run(small(cell=cell, seq_len=20, bias_init="default", gain=1.5))
    found, names = path_vectors(trace), paths(trace).names
    for t in (2, 11, 20):
        copies, new = apart(torch, cell, trace, t)
        arrived = [torch.tensor(trace.state_grads[name][0, t]) for name in new]
        sent = dict(zip(copies, torch.autograd.grad(list(new.values()), list(copies.values()), arrived), strict=True))
        for way, theirs in sent.items():
            state = "c" if (cell, way) == ("lstm", "direct") else "h"
            ours = found[state][names.index(way), t - 2]
            np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-10 * np.abs(theirs.numpy()).max())


def test_the_carry_of_an_lstm_is_the_product_of_its_forget_gates():
    trace = explorer.run(small(cell="lstm", seq_len=60))
    c, o, f = trace.states["c"][0, -1], trace.gates["output"][0, -1], trace.gates["forget"][0]
    carry = trace.state_grads["h"][0, -1] * o * (1 - np.tanh(c) ** 2)
    kept = paths(trace).log10_kept
    for t in range(60, 0, -1):
        assert kept["c"][t - 1] == pytest.approx(np.log10(np.linalg.norm(carry)), abs=1e-11)
        carry = carry * f[t - 1]
    assert np.all(kept["h"][:-1] == -np.inf)


def test_what_a_gru_keeps_is_the_product_of_z():
    trace = explorer.run(small(cell="gru", seq_len=30))
    kept = trace.state_grads["h"][0, -1] * np.prod(trace.gates["update"][0, 1:], axis=0)
    assert paths(trace).log10_kept["h"][0] == pytest.approx(np.log10(np.linalg.norm(kept)), abs=1e-11)


@pytest.mark.parametrize("cell", ["min_gru", "lru"])
def test_a_cell_without_recurrent_weights_keeps_everything(cell):
    found = paths(explorer.run(small(cell=cell, seq_len=50, loss_at="every", task="text")))
    for name, norms in found.log10_total.items():
        np.testing.assert_allclose(found.log10_kept[name], norms, rtol=0, atol=1e-11)
        assert np.all(found.log10_part[name][2:] == -np.inf)


@pytest.mark.parametrize("cell", ["rnn", "indrnn"])
def test_a_plain_cell_keeps_nothing(cell):
    found = paths(explorer.run(small(cell=cell, seq_len=50)))
    assert np.all(found.log10_kept["h"][:-1] == -np.inf) and np.isfinite(found.log10_kept["h"][-1])
    np.testing.assert_allclose(found.share["h"][found.names.index("hidden"), :-1], 1.0, rtol=0, atol=1e-12)


def test_a_wide_open_forget_gate_carries_it_all():
    closed, open_gate = (explorer.run(small(cell="lstm", seq_len=100, forget_bias=b)) for b in (0, 8))
    left = [found.log10_kept["c"][0] - found.log10_total["c"][0] for found in map(paths, (closed, open_gate))]
    assert left[0] < -2
    assert abs(left[1]) < 0.1


def test_far_outside_of_the_floats():
    """One unit, no recurrent weight: what is kept is the sum of logs, at 1e-1500 too."""
    e = small(cell="lstm", hidden_size=1, batch_size=1, seq_len=3000, forget_bias=-1)
    trace = explorer.run(e, {name: w * (name != "weight_hh_l0") for name, w in weights_of(e).items()})
    found = paths(trace)
    steps = np.log10(trace.gates["forget"][0, 1:, 0, 0])
    np.testing.assert_allclose(np.diff(found.log10_kept["c"]), -steps, rtol=0, atol=1e-10)
    assert found.log10_kept["c"][0] < -1500
    np.testing.assert_allclose(found.share["c"][1, :-1], 1.0, rtol=0, atol=1e-12)


def test_a_dead_network_sends_nothing_back():
    e = small(activation="relu", seq_len=20)
    weights = weights_of(e)
    weights["bias_ih_l0"][:] = -50.0
    found = paths(explorer.run(e, weights))
    assert np.all(found.log10_total["h"][:-1] == -np.inf) and np.isnan(found.share["h"][:, :-1]).all()


def test_overflow_progress_and_what_is_too_much(monkeypatch):
    overflowed = explorer.run(small(activation="identity", gain=100, seq_len=200))
    found = paths(overflowed)
    assert found.code == "overflowed" and np.isnan(found.share["h"]).all()
    assert np.isnan(path_vectors(overflowed)["h"]).all()
    trace, told = explorer.run(small(cell="lstm", seq_len=150)), []
    paths(trace, progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 5
    assert the_error(paths, trace, layer=1).parameter == "layer"
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**16))
    assert "budget" in the_error(path_vectors, trace).rule
    paths(trace)
