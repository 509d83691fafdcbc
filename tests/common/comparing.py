"""Helpers of the engine's tests: small experiments, the oracle's answer to one, and errors measured step by step."""

from functools import cache

import numpy as np
import pytest

import explorer
from explorer.engine.run_inputs import gather
from explorer.model.cells import CELLS as KINDS
from explorer.questions.proof.oracle import autograd

CELLS = [
    *[pytest.param({"cell": "rnn", "activation": a}, id=f"rnn-{a}") for a in ("tanh", "relu", "sigmoid", "identity")],
    *[pytest.param({"cell": cell}, id=cell) for cell in KINDS if cell != "rnn"],
    pytest.param({"cell": "indrnn", "activation": "relu"}, id="indrnn-relu"),
]
LOSSES = [
    pytest.param({"task": "noise", "loss_at": "last"}, id="mse-last"),
    pytest.param({"task": "text", "loss_at": "every"}, id="cross-entropy-every"),
]
NAMES = tuple(KINDS)


def small(**choices):
    """An experiment of a few milliseconds."""
    return explorer.Experiment(**{"task": "noise", "seq_len": 12, "batch_size": 3, "hidden_size": 5, **choices})


def weights_of(e, readout=True):
    """Copies of the weights that `e` draws, which a test may change and pass to a run."""
    return {name: w.copy() for name, w in gather(e).weights.items() if readout or not name.endswith("_out")}


def random_initial_state(e, seed=0):
    rng, shape = np.random.default_rng(seed), (e.num_layers, e.batch_size, e.hidden_size)
    return {name: rng.standard_normal(shape) for name in KINDS[e.cell].kind.states}


def oracle(e, **given):
    """Autograd's answer for what `explorer.run(e, **given)` computes."""
    s = gather(e, **given)
    return autograd(e.cell, e.activation, s.weights, s.inputs, s.initial_state, s.targets, e.loss_at, s.output_grads)


def oracle_of(e, from_random_state=False):
    """The same without arrays of the test's own: one cached answer for all backends and precisions."""
    return _remembered(e.replace(backend="numpy", dtype="float64"), from_random_state)


@cache
def _remembered(e, from_random_state):
    return oracle(e, initial_state=random_initial_state(e) if from_random_state else None)


def worst(ours, theirs, axes=()):
    """The largest ‖ours − theirs‖ / ‖theirs‖ over the leading indices, the norms over the last `axes`; where theirs is
    exactly zero, ours has to be as well."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert ours.shape == theirs.shape
    error, size = (np.sqrt(np.sum(a * a, axis=axes)) for a in (ours - theirs, theirs))
    return float(np.max(np.where(error == 0, 0.0, error / np.where(size == 0, 1e-300, size)), initial=0.0))


def disagreements(trace, answer):
    """Name → worst relative error, for everything that the trace and the answer both hold."""
    step = (-2, -1)
    arrays = {
        "states": (trace.states, answer.states, step),
        "gates": (trace.gates, answer.gates, step),
        "state_grads": (trace.state_grads, {n: answer.state_grads[n] for n in trace.state_grads}, step),
        "weight_grads": (trace.weight_grads, answer.weight_grads, None),
        "step_weight_grad_norm": (trace.step_weight_grad_norm, answer.step_weight_grad_norm, ()),
    }
    found = {"outputs": worst(trace.outputs, answer.outputs, step)}
    for field, (ours, theirs, axes) in arrays.items():
        assert ours.keys() == theirs.keys(), field
        found |= {f"{field} {name}": worst(ours[name], theirs[name], axes) for name in theirs}
    if not np.isnan(trace.loss):
        found["loss"] = worst(trace.loss, answer.loss)
    return found


def assert_agrees(trace, answer, tolerance):
    too_far = {name: error for name, error in disagreements(trace, answer).items() if not error <= tolerance}
    assert not too_far, too_far


def assert_same_array(ours, theirs, tolerance, name):
    """Equal up to `tolerance` times the largest finite entry of the same matrix (the last two axes)."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    size = np.abs(np.where(np.isfinite(theirs), theirs, 0.0))
    allowed = tolerance * np.max(size, axis=(-2, -1)[-min(2, size.ndim) :] if size.ndim else None, keepdims=True)
    close = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        assert np.all(close | (np.abs(ours - theirs) <= allowed)), name


def assert_same_trace(a, b, tolerance=0.0):
    """Every array of two traces; infinities and NaN have to be at the same places."""
    mappings = ("states", "gates", "state_grads", "log10_state_grad_norm", "weight_grads", "clipped_weight_grads")
    for field in (*mappings, "log10_step_weight_grad_norm", "weights"):
        ours, theirs = getattr(a, field), getattr(b, field)
        assert list(ours) == list(theirs), field
        for name in theirs:
            assert_same_array(ours[name], theirs[name], tolerance, f"{field} {name}")
    for field in ("outputs", "step_loss", "inputs", "loss"):
        assert_same_array(getattr(a, field), getattr(b, field), tolerance, field)
    assert a.overflow_step == b.overflow_step


LIBRARY_TEXT = ("pydantic", "numpy.", "dtype(", "array(", "tensor(", "Traceback", "Error", "broadcast", "object at")


def errors_of(call, *args, **given):
    """The errors that a call reports, each checked to be one plain sentence."""
    with pytest.raises(explorer.ExplorerError) as caught:
        call(*args, **given)
    for error in caught.value.errors:
        sentence = error.sentence
        assert sentence.startswith(f"`{error.parameter}` {error.rule}")
        assert sentence.endswith(".") or sentence.endswith("?")
        assert "\n" not in sentence
        assert not [word for word in LIBRARY_TEXT if word in sentence], sentence
    return caught.value.errors


def the_error(call, *args, **given):
    """The one error that a call reports."""
    (error,) = errors_of(call, *args, **given)
    return error
