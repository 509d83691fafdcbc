"""The worked step: the equations hold for its numbers, and these are the trace's own.

The tests evaluate the expressions by themselves, and keep the size of the terms of each sum: where the terms cancel,
the rest need not have correct digits.
"""

import ast

import numpy as np
import pytest

import explorer
from explorer.engine.trace import Trace
from explorer.model.cells import make_cell
from explorer.questions.worked_step import worked_steps
from tests.common.comparing import CELLS, LOSSES, NAMES, random_initial_state, small, the_error, weights_of

TOLERANCE = 1e-12
T, B, H = 12, 3, 5  # of `small`


def measured(node, values):
    """An expression's value and the size of what was added up to make it."""
    match node:
        case str():
            return measured(ast.parse(node).body[0].value, values)
        case ast.Name(name):
            return values[name], np.abs(values[name])
        case ast.Constant(number):
            return number, abs(number)
        case ast.Compare(left, [ast.Gt()], [right]):
            above = 1.0 * (measured(left, values)[0] > measured(right, values)[0])
            return above, above
        case ast.Call(ast.Name("ratio"), [above, below]):
            (a, size), (b, _) = measured(above, values), measured(below, values)
            return a / b, size / np.abs(b)
        case ast.Call(ast.Name("max"), [first, second]):
            (a, size_a), (b, size_b) = measured(first, values), measured(second, values)
            return np.maximum(a, b), size_a + size_b
        case ast.Call(ast.Name(name), [argument]):
            a, _ = measured(argument, values)
            functions = {"tanh": np.tanh, "exp": np.exp, "cos": np.cos, "sin": np.sin, "log": np.log}
            functions |= {"relu": lambda a: np.maximum(a, 0), "sigmoid": lambda a: 0.5 + 0.5 * np.tanh(a / 2)}
            with np.errstate(divide="ignore"):  # log 0
                value = functions[name](a)
            return value, np.abs(value) + 1e-3  # tanh loses σ's smallest digits
        case ast.UnaryOp(ast.USub(), operand):
            value, size = measured(operand, values)
            return -value, size
        case ast.BinOp(left, op, right):
            (a, size_a), (b, size_b) = measured(left, values), measured(right, values)
            match op:
                case ast.Add():
                    return a + b, size_a + size_b
                case ast.Sub():
                    return a - b, size_a + size_b
                case ast.Mult():
                    return a * b, size_a * size_b
                case ast.Pow():
                    return a**b, size_a**b
    raise AssertionError(ast.dump(node))


def assert_holds(worked):
    """Every equation, at every step."""
    values = {**worked.forward, **worked.backward}
    for equation in worked.equations:
        value, size = measured(equation.right, values)
        ours = values[equation.left]
        with np.errstate(invalid="ignore"):  # −∞ − (−∞), which counts as equal
            holds = np.abs(ours - value) <= TOLERANCE * size
        assert np.all(holds | (ours == value)), equation
        home = worked.forward if equation.part == "forward" else worked.backward
        assert equation.left in home


def plain(worked, name):
    return np.ldexp(worked.backward[name], worked.exponent)


def all_units(trace, sequence=0, layer=-1):
    """Name → (T, H), backward values as plain floats; the same, worked unit by unit."""
    units = [worked_steps(trace, unit, sequence, layer) for unit in range(trace.experiment.hidden_size)]
    forward = {name: np.stack([w.forward[name] for w in units], axis=-1) for name in units[0].forward}
    return forward | {name: np.stack([plain(w, name) for w in units], axis=-1) for name in units[0].backward}


def cell_of(trace):
    return make_cell(trace.experiment.cell, activation=trace.experiment.activation)


def letters(cell):
    """Gate name → its letter in the equations."""
    return dict(cell.gates)


def blocks_of(trace, name, layer):
    cell = cell_of(trace)
    rows = trace.weights[f"{name}_l{layer}"]
    return dict(zip(cell.blocks, np.split(rows, len(cell.blocks)), strict=True))


def matrix_of(trace, s, layer):
    """Block → its rows, of the matrix that a sum is over."""
    return blocks_of(trace, cell_of(trace).by_letter()[s.weight], layer)


def close(ours, theirs, tolerance=TOLERANCE):
    """Equal up to `tolerance` times the largest entry of the same step."""
    assert ours.shape == theirs.shape
    return np.all(np.abs(ours - theirs) <= tolerance * np.abs(theirs).max(axis=-1, keepdims=True))


@pytest.fixture(params=(1, 2), ids=("one-layer", "two-layers"))
def layers(request):
    return request.param


@pytest.fixture
def trace(cell, loss, layers):
    e = small(**cell, **loss, num_layers=layers)
    return explorer.run(e, initial_state=random_initial_state(e))


every_cell = pytest.mark.parametrize("cell", CELLS)
every_loss = pytest.mark.parametrize("loss", LOSSES)


@every_cell
@every_loss
def test_every_equation_holds(trace, layers):
    for layer in range(layers):
        for unit, sequence in ((0, 0), (H - 1, B - 1), (2, 1)):
            assert_holds(worked_steps(trace, unit, sequence, layer))


@every_cell
@every_loss
def test_the_numbers_are_the_traces(trace, layers):
    cell = cell_of(trace)
    for layer in range(layers):
        for sequence in (0, B - 1):
            values = all_units(trace, sequence, layer)
            for name, s in trace.states.items():
                np.testing.assert_allclose(values[name], s[layer, 1:, sequence], rtol=TOLERANCE, atol=1e-14)
                np.testing.assert_array_equal(values[f"{name}_before"], s[layer, :-1, sequence])
                if name in trace.state_grads:
                    assert close(values[f"d{name}"], trace.state_grads[name][layer, 1:, sequence])
            for name, letter in letters(cell).items():
                np.testing.assert_allclose(values[letter], trace.gates[name][layer, :, sequence], rtol=TOLERANCE)


@every_cell
@every_loss
def test_what_goes_is_what_arrives(trace, layers):
    """Between the steps nothing is lost, and at the first one it reaches the initial state."""
    for layer in range(layers):
        values = all_units(trace, 1, layer)
        for name in trace.state_grads:
            np.testing.assert_array_equal(values[f"d{name}_next"][:-1], values[f"d{name}_before"][1:])
            assert not values[f"d{name}_next"][-1].any()
            assert close(values[f"d{name}_before"][0], trace.state_grads[name][layer, 0, 1])
    silent = np.flatnonzero(~values["loss_h"].any(axis=-1))
    assert list(silent) == (list(range(T - 1)) if trace.experiment.loss_at == "last" else [])


@every_cell
@every_loss
def test_the_deltas_sum_to_the_gradients_of_the_biases(trace, layers):
    cell = cell_of(trace)
    for layer in range(layers):
        values = [all_units(trace, sequence, layer) for sequence in range(B)]
        for bias in ("bias_ih", "bias_hh"):
            if bias not in cell.parameters:
                continue
            names = [f"delta{name[1:]}" for name in cell.reading.drives]
            if bias == "bias_hh" and "delta_m" in values[0]:
                names[2] = "delta_m"
            ours = np.concatenate([sum(v[name].sum(axis=0) for v in values) for name in names])
            assert close(ours, trace.weight_grads[f"{bias}_l{layer}"])


@every_cell
@every_loss
def test_sums_and_drive_are_over_the_weights(trace, layers):
    cell = cell_of(trace)
    for layer in range(layers):
        values = all_units(trace, 2, layer)
        bias = dict.fromkeys(cell.blocks, 0.0)
        bias |= blocks_of(trace, "bias_hh", layer) if "bias_hh" in cell.parameters else {}
        waits = {block for s in cell.reading.sums.values() if s.bias for block in s.terms}
        for name, s in cell.reading.sums.items():
            turn, weight = np.transpose if s.part == "forward" else np.asarray, matrix_of(trace, s, layer)
            direct = sum(values[v] @ turn(weight[block]) for block, v in s.terms.items())
            assert close(values[name], direct + sum(bias[block] for block in s.terms if s.bias)), name
        x = (trace.inputs if layer == 0 else trace.states["h"][layer - 1, 1:])[:, 2]
        both = zip(cell.blocks, cell.reading.drives, strict=True)
        for block, name in both:
            first = blocks_of(trace, "bias_ih", layer)[block] if "bias_ih" in cell.parameters else 0.0
            own_bias = first + (0 if block in waits else bias[block])
            direct = x @ blocks_of(trace, "weight_ih", layer)[block].T + own_bias
            direct = direct * np.exp(trace.weights.get(f"weight_gamma_l{layer}", 0.0))  # an LRU's γ
            assert close(values[name], direct), name


@every_cell
@every_loss
def test_the_largest_terms(trace, layers):
    cell = cell_of(trace)
    for layer in range(layers):
        values = all_units(trace, 1, layer)
        worked = worked_steps(trace, 3, 1, layer)
        assert worked.largest.keys() == {name for name, s in cell.reading.sums.items() if s.part == "backward"}
        for name, few in worked.largest.items():
            s = cell.reading.sums[name]
            terms, weight = s.terms, matrix_of(trace, s, layer)
            assert few.names == tuple(terms.values())
            products = np.concatenate([values[v] * weight[block][:, 3] for block, v in terms.items()], axis=-1)
            np.testing.assert_allclose(products.sum(axis=-1), plain(worked, name), rtol=1e-10)
            sizes = np.sort(np.abs(products))[:, ::-1][:, :3]
            shown = few.weight * np.ldexp(few.value, worked.exponent[:, None])
            np.testing.assert_allclose(np.abs(shown), sizes, rtol=TOLERANCE)
            at = (np.arange(T)[:, None], few.block * H + few.unit)
            np.testing.assert_allclose(shown, products[at], rtol=TOLERANCE)


def test_of_equal_terms_the_first_are_shown():
    e = small(hidden_size=4)
    w = weights_of(e)
    same = {name: np.full_like(array, 0.25) for name, array in w.items()}
    few = worked_steps(explorer.run(e, weights=same), 2).largest["w_delta"]
    assert (few.unit == [0, 1, 2]).all() and not few.block.any()


def test_a_cell_of_one_unit_has_one_term():
    few = worked_steps(explorer.run(small(hidden_size=1))).largest["w_delta"]
    assert few.unit.shape == few.weight.shape == few.value.shape == few.block.shape == (T, 1)


@every_cell
def test_roads_carry_what_the_step_before_gets(cell):
    """With the loss at the end alone, all of ∂L/∂h before it came along the h road."""
    trace = explorer.run(small(**cell, num_layers=1))
    roads = worked_steps(trace).roads
    assert roads.keys() == trace.state_grads.keys()
    np.testing.assert_allclose(roads["h"], trace.log10_state_grad_norm["h"][0, :-1], atol=1e-12)


def test_the_c_road_of_an_lstm_is_dc_times_f():
    trace = explorer.run(small(cell="lstm", num_layers=2))
    for layer in (0, 1):
        carried = trace.state_grads["c"][layer, 1:] * trace.gates["forget"][layer]
        roads = worked_steps(trace, layer=layer).roads
        np.testing.assert_allclose(roads["c"], np.log10(np.linalg.norm(carried, axis=(-2, -1))), atol=1e-12)


def test_a_road_that_is_cut_carries_exactly_nothing():
    e = small()
    w = weights_of(e)
    w["weight_hh_l0"][:] = 0
    worked = worked_steps(explorer.run(e, weights=w))
    assert np.isneginf(worked.roads["h"]).all()
    assert_holds(worked)


FAR = {
    "vanishing": {"activation": "sigmoid", "seq_len": 2000},
    "vanishing, two layers": {"activation": "sigmoid", "seq_len": 1000, "num_layers": 2},
    "of Cho's GRU": {"cell": "gru_reset_before", "gain": 0.02, "seq_len": 2000, "update_bias": -5},
    "with peepholes": {"cell": "lstm_peephole", "gain": 0.02, "seq_len": 800, "forget_bias": -5},
    "of coupled gates": {"cell": "lstm_coupled", "gain": 0.02, "seq_len": 800, "forget_bias": -5},
    "without a matrix": {"cell": "min_gru", "seq_len": 800, "update_bias": 5},
    "of order two": {"cell": "higher_order", "gain": 0.005, "seq_len": 800},
    "of independent units": {"cell": "indrnn", "gain": 0.02, "seq_len": 800},
    "of one gate": {"cell": "mgu", "gain": 0.02, "seq_len": 800, "forget_bias": 5},
    "a loss at every step": {"cell": "lstm", "gain": 0.02, "seq_len": 1500, "loss_at": "every"},
}


@pytest.mark.parametrize("choices", FAR.values(), ids=FAR.keys())
def test_digits_hold_far_beyond_floats(choices):
    trace = explorer.run(small(**{"batch_size": 1, "hidden_size": 4, **choices}))
    for layer in range(trace.experiment.num_layers):
        units = [worked_steps(trace, unit, layer=layer) for unit in range(4)]
        for worked in units:
            assert_holds(worked)
        for name in trace.states:
            mantissas = np.stack([w.backward[f"d{name}"] for w in units])
            with np.errstate(divide="ignore"):  # nothing comes to the last step along a second state
                norm = np.log10(np.linalg.norm(mantissas, axis=0)) + units[0].exponent * np.log10(2.0)
            np.testing.assert_allclose(norm, trace.log10_state_grad_norm[name][layer, 1:], rtol=1e-9, atol=1e-9)
        if trace.experiment.loss_at == "last" and layer == trace.experiment.num_layers - 1:
            road = units[0].roads["h"]
            np.testing.assert_allclose(road, trace.log10_state_grad_norm["h"][layer, :-1], rtol=1e-9, atol=1e-9)


def test_a_norm_of_1e_minus_1600_has_all_its_numbers():
    trace = explorer.run(small(activation="sigmoid", seq_len=2000, batch_size=1))
    worked = worked_steps(trace, unit=2)
    assert trace.log10_state_grad_norm["h"][0, 1] < -1000 and not trace.state_grads["h"][0, 1].any()
    assert all(np.abs(worked.backward[name]).min() > 1e-200 for name in ("dh", "delta", "w_delta", "dh_before"))


def test_digits_hold_above_floats_too():
    e = small(activation="identity", init="orthogonal", gain=1.5, bias_init="zero", seq_len=2000, hidden_size=4)
    given = {"inputs": np.zeros((2000, B, 2)), "output_grads": np.ones((2000, B, 1))}
    trace = explorer.run(e, **given)
    worked = worked_steps(trace, 1, 1)
    assert trace.log10_state_grad_norm["h"][0, 1] > 340 and np.isinf(trace.state_grads["h"][0, 1]).all()
    assert_holds(worked)
    assert np.isfinite(worked.backward["dh"]).all() and worked.roads["h"][0] > 340


GIVEN = {
    "cotangents": lambda e: {"output_grads": np.random.default_rng(1).standard_normal((T, B, 1))},
    "targets": lambda e: {"targets": np.random.default_rng(1).standard_normal((T, B, 1))},
    "inputs": lambda e: {"inputs": np.random.default_rng(1).standard_normal((T, B, 2))},
    "weights without a readout": lambda e: {
        "weights": weights_of(e, readout=False),
        "targets": np.zeros((T, B, H)),
    },
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN.keys())
@pytest.mark.parametrize("cell", NAMES)
def test_what_the_caller_supplied(given, cell, tmp_path):
    e = small(cell=cell, num_layers=2, loss_at="every")
    trace = explorer.run(e, **given(e))
    trace.save(tmp_path / "trace.npz")
    for layer in (0, 1):
        values = all_units(trace, 1, layer)
        assert close(values["dh"], trace.state_grads["h"][layer, 1:, 1])
        assert_holds(worked_steps(trace, 1, 1, layer))
        again = worked_steps(Trace.load(tmp_path / "trace.npz"), 1, 1, layer)
        np.testing.assert_array_equal(again.backward["dh"], worked_steps(trace, 1, 1, layer).backward["dh"])


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("cell", NAMES)
def test_a_trace_in_single_precision_is_worked_in_double(cell, backend):
    trace = explorer.run(small(cell=cell, dtype="float32", backend=backend, num_layers=2))
    worked = worked_steps(trace, 1, 2)
    assert_holds(worked)
    assert {value.dtype for value in (*worked.forward.values(), *worked.backward.values())} == {np.dtype(float)}
    # terms near 1 that cancel leave float32 its last digit of 1, not of what is left
    np.testing.assert_allclose(worked.forward["h"], trace.states["h"][1, 1:, 2, 1], rtol=1e-5, atol=1e-7)
    assert close(all_units(trace, 2)["dh"], trace.state_grads["h"][1, 1:, 2], 1e-4)


@pytest.mark.parametrize("dtype", ("float64", "float32"))
def test_an_overflow_leaves_the_steps_before_it(dtype):
    e = small(activation="identity", gain=100, init="orthogonal", seq_len=200, num_layers=2, dtype=dtype)
    trace = explorer.run(e)
    assert trace.overflow_step is not None
    for layer in (0, 1):
        worked = worked_steps(trace, layer=layer)
        assert all(np.isfinite(value[: trace.overflow_step - 1]).all() for value in worked.forward.values())
        assert all(np.isnan(value).all() for value in worked.backward.values())
        assert all(np.isnan(value).all() for value in worked.roads.values())
        assert np.isnan(worked.largest["w_delta"].value).all()


def test_layers_count_from_the_top_too():
    trace = explorer.run(small(num_layers=2))
    for below, above in ((0, -2), (1, -1)):
        ours, theirs = worked_steps(trace, layer=below), worked_steps(trace, layer=above)
        np.testing.assert_array_equal(ours.backward["dh"], theirs.backward["dh"])


@pytest.mark.parametrize(
    ("choice", "rule"),
    [
        ({"unit": H}, "between 0 and 4"),
        ({"unit": -1}, "between 0 and 4"),
        ({"unit": 1.0}, "whole number"),
        ({"unit": True}, "whole number"),
        ({"sequence": B}, "between 0 and 2"),
        ({"layer": 1}, "between -1 and 0"),
        ({"layer": "top"}, "whole number"),
    ],
)
def test_what_is_not_there_is_refused(choice, rule):
    error = the_error(worked_steps, explorer.run(small()), **choice)
    assert error.parameter in choice and rule in error.rule
