"""One run compared with autograd and finite differences: a right one holds, a wrong one does not; limits are named."""

from dataclasses import replace

import numpy as np
import pytest

import explorer
from explorer.base.backend import torch_is_installed
from explorer.model.cells import CELLS
from explorer.questions.proof import prove as module
from explorer.questions.proof.prove import prove
from explorer.show.words.proofs import proof_headline, proof_sentences

needs_torch = pytest.mark.skipif(not torch_is_installed(), reason="autograd is torch's")


def run(**settings):
    return explorer.run(explorer.Experiment(**{"task": "noise", "seq_len": 10, "hidden_size": 4, **settings}))


@needs_torch
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_holds(cell):
    proof = prove(run(cell=cell, num_layers=2, loss_at="every"))
    assert proof.code == "held"
    assert proof.autograd.worst < 1e-10
    assert proof.differences.worst < 1e-6
    assert (proof.steps, proof.limit, proof.entries) == (10, "", module.MOST_ENTRIES)


@needs_torch
def test_a_wrong_gradient_does_not_hold():
    trace = run()
    grads = {**trace.state_grads, "h": trace.state_grads["h"] * 1.0001}
    proof = prove(replace(trace, state_grads=grads))
    assert proof.code == "differs"
    assert proof.autograd.where == "state_grads['h']"
    assert proof.autograd.worst == pytest.approx(1e-4, rel=1e-3)
    assert "are not right" in proof_headline(proof)


def test_without_torch_differences_alone_find_a_wrong_gradient(monkeypatch):
    monkeypatch.setattr(module, "torch_is_installed", lambda: False)
    trace = run()
    right = prove(trace)
    assert (right.code, right.autograd) == ("held", None)
    assert "Torch is not installed" in " ".join(proof_sentences(right))
    doubled = {name: 2.0 * g for name, g in trace.weight_grads.items()}
    assert prove(replace(trace, weight_grads=doubled)).code == "differs"


def test_an_overflow_leaves_nothing_to_prove():
    trace = run(activation="relu", init="normal", gain=100.0, seq_len=500)
    assert prove(trace).code == "overflowed"


@needs_torch
def test_a_long_run_is_held_on_its_last_steps_and_says_so(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.05)
    proof = prove(run(seq_len=200, loss_at="every"))
    assert proof.code == "held"
    assert proof.limit == "time"
    assert 20 < proof.steps < 40
    assert f"last {proof.steps} of this run's 200" in proof_headline(proof)


@needs_torch
@pytest.mark.parametrize("dtype", ("float64", "float32"))
def test_a_chaotic_run_is_held_as_far_back_as_rounding_lets_autograd_agree_with_itself(dtype):
    proof = prove(run(init="normal", gain=3.0, hidden_size=32, seq_len=150, dtype=dtype))
    assert proof.code == "held"
    assert proof.limit == "rounding"
    assert proof.spread > 1e-9
    assert proof.steps < 100
    assert "last digit" in " ".join(proof_sentences(proof))


@needs_torch
def test_steps_that_no_float_can_hold_are_counted():
    proof = prove(run(gain=0.01, seq_len=300))
    assert proof.code == "held"
    assert 0 < proof.beyond < 300
    assert "beyond what torch's floats" in " ".join(proof_sentences(proof))


@needs_torch
def test_what_the_caller_brought_is_held_too():
    e = explorer.Experiment(task="noise", seq_len=6, hidden_size=3, batch_size=2)
    rng = np.random.default_rng(1)
    given = explorer.run(e, output_grads=rng.normal(size=(6, 2, run().outputs.shape[2])))
    assert prove(given).code == "held"
    trace = explorer.run(e, inputs=rng.normal(size=(6, 2, 5)), targets=rng.normal(size=(2, 2)))
    assert prove(trace).code == "held"
