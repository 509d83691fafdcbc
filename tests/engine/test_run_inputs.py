"""Arrays that the caller gives in place of the experiment's own are checked, and refused in one sentence."""

import numpy as np
import pytest

import explorer
from explorer.base.backend import torch_is_installed
from tests.common.comparing import errors_of, small, the_error, weights_of

E = small(seq_len=5, hidden_size=4)  # T = 5, B = 3, I = 2, H = 4, O = 1


def changed(**weights):
    """The experiment's own weights with some replaced, or left out where None."""
    return {name: w for name, w in {**weights_of(E), **weights}.items() if w is not None}


def filled(shape, value):
    array = np.zeros(shape)
    array.flat[-1] = value
    return array


def weights(**changes):
    return {"weights": changed(**changes)}


def state(**states):
    return {"initial_state": states}


READOUT_OF_NOTHING = {"weight_out": np.zeros((0, 4)), "bias_out": np.zeros(0)}
BOTH = {"targets": np.zeros((3, 1)), "output_grads": np.zeros((5, 3, 1))}
RAGGED, NUMBERS = [[1, 2], [3]], "must be an array of numbers"

# name → (arguments, the parameter that the error names, a part of its rule, a part of its `got`)
REFUSALS = {
    "NaN weights": (weights(weight_hh_l0=filled((4, 4), np.nan)), "weight_hh_l0", "finite", "nan at index [3, 3]"),
    "infinite inputs": ({"inputs": filled((5, 3, 2), np.inf)}, "inputs", "finite", "inf at index [4, 2, 1]"),
    "NaN targets": ({"targets": filled((3, 1), np.nan)}, "targets", "finite", "nan at index [2, 0]"),
    "NaN state": (state(h=filled((1, 3, 4), np.nan)), "initial_state['h']", "finite", "nan at index [0, 2, 3]"),
    "NaN cotangents": ({"output_grads": filled((5, 3, 1), np.nan)}, "output_grads", "finite", "nan at"),
    "weight of a wrong shape": (weights(weight_hh_l0=np.zeros((4, 5))), "weight_hh_l0", "(4, 4)", "(4, 5)"),
    "transposed weight": (weights(weight_ih_l0=np.zeros((2, 4))), "weight_ih_l0", "(4, 2)", "(2, 4)"),
    "bias of a wrong shape": (weights(bias_hh_l0=np.zeros((4, 1))), "bias_hh_l0", "(4,)", "(4, 1)"),
    "readout of a wrong width": (weights(weight_out=np.zeros((1, 3))), "weight_out", "(1, 4)", "(1, 3)"),
    "readout without outputs": (weights(**READOUT_OF_NOTHING), "weight_out", "", "(0, 4)"),
    "readout without its bias": (weights(bias_out=None), "bias_out", "must be given", "nothing"),
    "bias without its readout": (weights(weight_out=None), "weight_out", "(1, 4)", "nothing"),
    "missing weight": (weights(bias_hh_l0=None), "bias_hh_l0", "must be given", "nothing"),
    "unknown weight": (weights(weight_hh_l1=np.zeros((4, 4))), "weight_hh_l1", "is not a weight of this rnn", ""),
    "number as a name": ({"weights": {**changed(), 3: np.zeros(3)}}, "3", "is not a weight of this rnn", ""),
    "ragged weight": (weights(bias_hh_l0=RAGGED), "bias_hh_l0", NUMBERS, "a list"),
    "weights as a list": ({"weights": [np.zeros((4, 4))]}, "weights", "", ""),
    "weights as an array": ({"weights": np.zeros((4, 4))}, "weights", "", ""),
    "inputs too long": ({"inputs": np.zeros((6, 3, 2))}, "inputs", "(5, 3, any)", "(6, 3, 2)"),
    "inputs without an axis": ({"inputs": np.zeros((5, 3))}, "inputs", "(5, 3, any)", "(5, 3)"),
    "inputs with nothing in them": ({"inputs": np.zeros((5, 3, 0))}, "inputs", "(5, 3, any)", "(5, 3, 0)"),
    "one number as inputs": ({"inputs": 3.0}, "inputs", "(5, 3, any)", "()"),
    "inputs too wide": ({"inputs": np.zeros((5, 3, 7)), **weights()}, "weight_ih_l0", "(4, 7)", "(4, 2)"),
    "ragged inputs": ({"inputs": RAGGED}, "inputs", NUMBERS, "a list"),
    "text as inputs": ({"inputs": "abc"}, "inputs", NUMBERS, "a str"),
    "complex inputs": ({"inputs": np.zeros((5, 3, 2), complex)}, "inputs", NUMBERS, "complex128"),
    "truth values as inputs": ({"inputs": np.zeros((5, 3, 2), bool)}, "inputs", NUMBERS, "bool"),
    "integers beyond floats": ({"inputs": [[[10**400] * 2] * 3] * 5}, "inputs", NUMBERS, "a list"),
    "long doubles beyond floats": ({"inputs": filled((5, 3, 2), 1) * np.longdouble("1e4000")}, "inputs", "finite", ""),
    "unknown state": (state(c=np.zeros((1, 3, 4))), "initial_state['c']", "is not a state of rnn", ""),
    "state of a wrong shape": (state(h=np.zeros((3, 4))), "initial_state['h']", "(1, 3, 4)", "(3, 4)"),
    "state as an array": ({"initial_state": np.zeros((1, 3, 4))}, "initial_state", "", ""),
    "state as a list": ({"initial_state": [1.0]}, "initial_state", "", ""),
    "cotangents of a wrong shape": ({"output_grads": np.zeros((5, 3))}, "output_grads", "(5, 3, any)", "(5, 3)"),
    "cotangents too wide": (
        {"output_grads": np.zeros((5, 3, 2)), **weights()},
        "output_grads",
        "1 entries",
        "(5, 3, 2)",
    ),
    "targets and cotangents": (BOTH, "output_grads", "in place of", "both"),
    "targets of a wrong shape": ({"targets": np.zeros((4, 1))}, "targets", "(3, any)", "(4, 1)"),
    "targets too wide": ({"targets": np.zeros((3, 2)), **weights()}, "targets", "1 entries", "3, 2)"),
    "ragged targets": ({"targets": RAGGED}, "targets", NUMBERS, "a list"),
    "names as targets": ({"targets": ["a", "b", "c"]}, "targets", NUMBERS, ""),
    "truth values as targets": ({"targets": np.array([True, False, True])}, "targets", NUMBERS, "bool"),
    "float classes": ({"targets": np.zeros(3)}, "targets", "(3, any)", "(3,)"),
    "integers in three axes": ({"targets": np.zeros((5, 3, 1), int)}, "targets", "(5, 3) or (3,)", "(5, 3, 1)"),
    "negative class": ({"targets": np.array([0, -1, 0])}, "targets", "from 0 on", "-1"),
    "class too large": ({"targets": np.array([0, 0, 1]), **weights()}, "targets", "below 1", "class 1"),
    "class beyond memory": ({"targets": np.array([0, 10**15, 0])}, "targets", "", str(10**15)),
    "class beyond integers": ({"targets": np.array([0, 2**64 - 1, 0], np.uint64)}, "targets", "", str(2**64 - 1)),
}


@pytest.mark.parametrize("given, parameter, rule, got", REFUSALS.values(), ids=REFUSALS.keys())
def test_refused_in_one_sentence(given, parameter, rule, got):
    error = the_error(explorer.run, E, **given)
    assert error.parameter == parameter
    assert rule in error.rule
    assert got in error.got


@pytest.mark.skipif(not torch_is_installed(), reason="tensors need torch")
@pytest.mark.parametrize("kind", ("bfloat16", "sparse", "list"))
def test_tensors_of_every_kind_are_read_or_refused(kind):
    import torch

    inputs = {
        "bfloat16": torch.ones(5, 3, 2, dtype=torch.bfloat16),
        "sparse": torch.ones(5, 3, 2).to_sparse(),
        "list": [torch.ones(3, 2, requires_grad=True)] * 5,
    }[kind]
    try:
        assert np.all(explorer.run(E, inputs=inputs).inputs == 1)
    except explorer.ExplorerError:
        assert the_error(explorer.run, E, inputs=inputs).parameter == "inputs"


@pytest.mark.parametrize(
    "cell, name, shape",
    [
        ("lstm_peephole", "weight_co_l0", (4,)),
        ("indrnn", "weight_hh_l0", (4,)),
        ("higher_order", "weight_hh2_l0", (4, 4)),
        ("lru", "weight_nu_l0", (4,)),
    ],
)
def test_what_a_cell_has_beside_torchs_weights(cell, name, shape):
    e = E.replace(cell=cell)
    own = weights_of(e)
    assert own[name].shape == shape
    assert f"the shape {shape}" in the_error(explorer.run, e, own | {name: np.zeros((5, 4))}).rule
    missing = the_error(explorer.run, e, {n: w for n, w in own.items() if n != name})
    assert (missing.parameter, missing.got) == (name, "nothing")
    assert f"is not a weight of this {cell}" in the_error(explorer.run, e, own | {"weight_xx_l0": np.zeros(4)}).rule


def test_weights_that_a_cell_does_not_have():
    e = E.replace(cell="min_gru")
    error = the_error(explorer.run, e, weights_of(e) | {"weight_hh_l0": np.zeros((8, 4))})
    assert error.hint == "Its weights are weight_ih_l0, bias_ih_l0, weight_out, bias_out."


def test_one_step_of_targets_is_not_enough_for_a_loss_at_every_step():
    for targets in (np.zeros((3, 1)), np.zeros(3, int)):
        error = the_error(explorer.run, E.replace(loss_at="every"), targets=targets)
        assert error.rule == 'must have 5 steps for loss_at "every"'
        assert error.hint == 'Give targets for all steps, or use loss_at "last".'


def test_weights_that_do_not_fit_the_tasks_own_targets():
    for ill in (weights_of(E, readout=False), changed(weight_out=np.zeros((2, 4)), bias_out=np.zeros(2))):
        error = the_error(explorer.run, E, ill)
        assert error.parameter == "targets"
        assert error.hint == "Give targets, or a weight_out that fits the task."


def test_all_at_once():
    ill = changed(weight_hh_l0=np.zeros(3), bias_ih_l0=None, weight_xx=np.zeros(3))
    errors = errors_of(explorer.run, E, ill, initial_state={"h": np.zeros(3), "c": 0})
    assert {e.parameter for e in errors} == {
        "weight_hh_l0", "bias_ih_l0", "weight_xx", "initial_state['h']", "initial_state['c']",
    }  # fmt: skip
    errors = errors_of(explorer.run, E, inputs="abc", targets=np.array([0, -1, 0]))
    assert [e.parameter for e in errors] == ["inputs", "targets"]


def test_errors_come_in_the_same_order_every_time():
    """The order of a set of names would differ from one Python process to the next."""
    errors = errors_of(explorer.run, E, {})
    assert [e.parameter for e in errors] == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]


def test_nested_lists_and_small_integers_will_do():
    lists = {name: w.tolist() for name, w in weights_of(E).items()}
    inputs = np.arange(30, dtype=np.int8).reshape(5, 3, 2)
    trace = explorer.run(E, lists, inputs.tolist())
    np.testing.assert_array_equal(trace.states["h"], explorer.run(E, inputs=inputs).states["h"])


def test_what_was_given_is_copied():
    inputs, given = np.ones((5, 3, 2)), weights_of(E)
    trace = explorer.run(E, given, inputs)
    inputs[:], given["weight_hh_l0"][:] = 7, 7
    assert np.all(trace.inputs == 1)
    assert np.all(np.abs(trace.weights["weight_hh_l0"]) < 1)


def test_what_was_given_is_named():
    assert explorer.run(E).supplied == ()
    assert explorer.run(E, inputs=np.zeros((5, 3, 2)), initial_state={}).supplied == ("inputs", "initial_state")
