"""The gradient of each loss at each step, against the traces of runs with that loss alone."""

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.model.cells import CELLS as ALL_CELLS
from explorer.questions.lenses import reach as module
from explorer.questions.lenses.reach import far_part, reach, reach_vectors
from tests.common.comparing import CELLS, small, the_error, weights_of

KNOWN = {choices.values[0]["cell"] for choices in CELLS}
EVERY_CELL = [*CELLS, *[pytest.param({"cell": cell}, id=cell) for cell in ALL_CELLS if cell not in KNOWN]]


def alone(trace, step):
    """The same run with the loss at one step alone (1-based)."""
    e = trace.experiment
    cotangents = np.zeros((e.seq_len, e.batch_size, trace.output_grads.shape[-1]))
    cotangents[step - 1] = trace.output_grads[step - 1 - e.seq_len + len(trace.output_grads)]
    return explorer.run(e, weights=trace.weights, inputs=trace.inputs, output_grads=cotangents)


def assert_rows_are_those_of_single_losses(trace, layer, steps):
    result = reach(trace, layer)
    for step in steps:
        theirs = alone(trace, step).log10_state_grad_norm
        for name, norms in result.log10_norm.items():
            np.testing.assert_allclose(norms[step - 1, :step], theirs[name][layer, 1 : step + 1], rtol=0, atol=1e-9)
            assert np.isnan(norms[step - 1, step:]).all()


@pytest.mark.parametrize("choices", EVERY_CELL)
def test_the_columns_sum_to_the_trace(choices):
    trace = explorer.run(small(task="text", loss_at="every", num_layers=2, seq_len=40, gain=1.3, **choices))
    for layer in (0, 1):
        for name, vectors in reach_vectors(trace, layer).items():
            theirs = trace.state_grads[name][layer, 1:]
            np.testing.assert_allclose(vectors.sum(axis=0), theirs, rtol=0, atol=1e-12 * np.abs(theirs).max())


@pytest.mark.parametrize("choices", EVERY_CELL)
def test_each_row_is_the_run_of_one_loss(choices):
    trace = explorer.run(small(task="text", loss_at="every", num_layers=2, seq_len=40, **choices))
    for layer in (0, 1):
        assert_rows_are_those_of_single_losses(trace, layer, (1, 2, 17, 40))


def test_the_norms_are_those_of_the_vectors():
    trace = explorer.run(small(task="text", loss_at="every", cell="lstm", seq_len=35))
    norms = reach(trace).log10_norm
    for name, vectors in reach_vectors(trace).items():
        rows, columns = np.tril_indices(35)
        np.testing.assert_allclose(
            10 ** norms[name][rows, columns], np.linalg.norm(vectors, axis=(2, 3))[rows, columns], rtol=1e-10
        )
        assert np.all(vectors[columns[rows != columns], rows[rows != columns]] == 0)


def test_a_loss_at_the_end_is_one_row():
    trace = explorer.run(small(cell="gru", seq_len=30))
    result = reach(trace)
    assert result.loss_edges.tolist() == [30, 31] and result.step_edges.tolist() == list(range(1, 32))
    np.testing.assert_allclose(result.log10_norm["h"], trace.log10_state_grad_norm["h"][:, 1:], rtol=0, atol=1e-10)


def test_by_hand():
    """h_t = 0.9 h_{t−1} + x_t, and every loss sends 1: ∂ℓ_t/∂h_k = 0.9^(t−k)."""
    e = small(activation="identity", hidden_size=1, seq_len=90, batch_size=1, loss_at="every")
    weights = weights_of(e, readout=False) | {"weight_hh_l0": np.array([[0.9]])}
    trace = explorer.run(e, weights, output_grads=np.ones((90, 1, 1)))
    t, k = np.tril_indices(90)
    np.testing.assert_allclose(reach(trace).log10_norm["h"][t, k], (t - k) * np.log10(0.9), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "choices", ({"activation": "sigmoid"}, {"gain": 10, "init": "orthogonal", "bias_init": "zero"})
)
def test_far_outside_of_the_floats(choices):
    e = small(loss_at="every", seq_len=1100, batch_size=1, hidden_size=6, **choices)
    cotangents = (
        np.random.default_rng(0).standard_normal((1100, 1, 6)) * 10.0 ** np.linspace(-250, 250, 1100)[:, None, None]
    )
    given = {"inputs": np.zeros((1100, 1, 2)), "weights": weights_of(e, readout=False)}
    trace = explorer.run(e, output_grads=cotangents, **given)
    result = reach(trace, bins=2000).log10_norm["h"]
    assert np.nanmax(np.abs(result)) > 700
    for step in (1, 600, 1100):
        one = np.where(np.arange(1100)[:, None, None] == step - 1, cotangents, 0)
        theirs = explorer.run(e, output_grads=one, **given).log10_state_grad_norm["h"][0, 1 : step + 1]
        np.testing.assert_allclose(result[step - 1, :step], theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("bins", (1, 7, 16, 59))
@pytest.mark.parametrize("wide", (2**4, 2**14))
def test_bins_keep_the_largest(monkeypatch, bins, wide):
    """However few losses are walked at once."""
    trace = explorer.run(small(task="text", loss_at="every", seq_len=60, activation="relu"))
    every = reach(trace).log10_norm["h"]
    monkeypatch.setattr(module, "WIDE", wide)
    few = reach(trace, bins=bins)
    for i, (a, b) in enumerate(zip(few.loss_edges - 1, few.loss_edges[1:] - 1, strict=False)):
        for j, (c, d) in enumerate(zip(few.step_edges - 1, few.step_edges[1:] - 1, strict=False)):
            box = every[a:b, c:d]
            expected = np.nan if np.isnan(box).all() else np.nanmax(box)
            np.testing.assert_allclose(few.log10_norm["h"][i, j], expected, rtol=0, atol=1e-12)
    assert few.loss_edges[[0, -1]].tolist() == few.step_edges[[0, -1]].tolist() == [1, 61]


def test_a_dead_network_reaches_nothing():
    e = small(task="text", loss_at="every", activation="relu", seq_len=20)
    weights = weights_of(e)
    weights["bias_ih_l0"][:] = -50.0
    norms = reach(explorer.run(e, weights)).log10_norm["h"]
    t, k = np.tril_indices(20, -1)
    assert np.all(norms[t, k] == -np.inf) and np.isfinite(np.diag(norms)).all()


def test_a_loss_of_zero_sends_nothing():
    e = small(loss_at="every", seq_len=20)
    cotangents = np.ones((20, 3, 5))
    cotangents[7] = 0
    norms = reach(explorer.run(e, weights_of(e, readout=False), output_grads=cotangents)).log10_norm["h"]
    assert np.all(norms[7, :8] == -np.inf) and np.isfinite(norms[8, :9]).all()


def test_overflow_is_a_code():
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200, loss_at="every"))
    result = reach(trace)
    assert result.code == "overflowed" and np.isnan(result.log10_norm["h"]).all()
    assert np.isnan(reach_vectors(trace)["h"]).all()


def test_progress_and_what_is_too_much(monkeypatch):
    trace = explorer.run(small(task="text", loss_at="every", seq_len=150))
    told = []
    reach(trace, progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 5
    assert the_error(reach, trace, layer=1).parameter == "layer"
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**20))
    assert "budget" in the_error(reach_vectors, trace).rule
    reach(trace)


@pytest.mark.parametrize("choices", EVERY_CELL)
def test_the_far_losses_part_is_the_sum_of_their_rows(choices):
    trace = explorer.run(small(task="text", loss_at="every", num_layers=2, seq_len=40, **choices))
    for layer in (0, 1):
        for name, vectors in reach_vectors(trace, layer).items():
            for step in (1, 13):
                part = far_part(trace, step, 20, layer, name)
                far = np.linalg.norm(vectors[step + 20 :, step - 1].sum(axis=0))
                assert part.code == "whole"
                assert part.log10_far == pytest.approx(np.log10(far), abs=1e-9)
                assert part.log10_total == pytest.approx(trace.log10_state_grad_norm[name][layer, step], abs=1e-9)


def test_no_loss_stands_far_behind():
    trace = explorer.run(small(loss_at="every", seq_len=30))
    part = far_part(trace, 10, 20)
    assert part.code == "none"
    assert np.isneginf(part.log10_far)
    with pytest.raises(ExplorerError, match="`step` must be"):
        far_part(trace, 31, 20)


def test_the_far_part_after_an_overflow():
    part = far_part(explorer.run(small(activation="relu", gain=50.0, seq_len=500)), 1, 20)
    assert part.code == "overflowed"
    assert np.isnan(part.log10_far)
