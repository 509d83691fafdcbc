"""The same run in four formats: against torch in half precision, closed forms, and the exact run."""

import numpy as np
import pytest
import torch

import explorer
from explorer.base.rounding import FORMATS
from explorer.model.cells import CELLS
from explorer.questions.lenses.precision import precision


def trace_of(**settings):
    return explorer.run(explorer.Experiment(**{"seq_len": 60, "hidden_size": 16, "batch_size": 4, **settings}))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2, "loss_at": "every"}])
def test_float64_is_the_exact_run(cell, settings):
    """As far as float64 reaches: nothing here is rescaled, and still it is the same to the last digits."""
    trace = trace_of(cell=cell, **settings)
    for layer in range(trace.experiment.num_layers):
        found = precision(trace, formats=("float64",), layer=layer).formats["float64"]
        for name, norms in trace.log10_state_grad_norm.items():
            np.testing.assert_allclose(found.log10_norm[name], norms[layer, 1:], rtol=0, atol=1e-11)
        assert (found.overflow_step, found.lost_step, found.silent_step, found.off_step) == (None,) * 4


def torch_norms(trace, dtype, loss_scale):
    """log10 ‖∂L/∂h_t‖ of plain torch code in `dtype` on the CPU, from the same cotangents of the outputs."""
    w = {name: torch.tensor(np.array(value)).to(dtype) for name, value in trace.weights.items()}
    x = torch.tensor(np.array(trace.inputs)).to(dtype)
    e, states = trace.experiment, []
    h = c = torch.zeros(e.batch_size, e.hidden_size, dtype=dtype, requires_grad=True)
    for x_t in x:
        a = x_t @ w["weight_ih_l0"].T + w["bias_ih_l0"] + (h @ w["weight_hh_l0"].T + w["bias_hh_l0"])
        if e.cell == "rnn":
            h = torch.tanh(a)
        else:
            i, f, g, o = a.chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        h.retain_grad()
        states.append(h)
    y = h @ w["weight_out"].T + w["bias_out"]
    y.backward((torch.tensor(np.array(trace.output_grads[-1])) * 2.0**loss_scale).to(dtype))
    with np.errstate(divide="ignore"):
        return np.log10([s.grad.double().norm().item() for s in states]) - loss_scale * np.log10(2)


@pytest.mark.parametrize("name", ["bfloat16", "float16"])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("loss_scale", [0, 12])
def test_plain_torch_code_in_that_format_sees_the_same(name, cell, loss_scale):
    """To a tenth of a decade as long as the norm is well above the least number.

    The end is the same to three steps for an RNN; for an LSTM in whose last decade the order of factors counts, to ten.
    """
    trace = trace_of(cell=cell)
    mine = precision(trace, loss_scale, formats=(name,)).formats[name].log10_norm["h"]
    theirs = torch_norms(trace, getattr(torch, name), loss_scale)
    well_above = theirs > FORMATS[name].smallest - loss_scale * np.log10(2) + 1.5
    assert well_above.sum() > 15
    assert np.abs(mine[well_above] - theirs[well_above]).max() < 0.1
    last_zero = [np.flatnonzero(np.isneginf(norms)).max(initial=-1) for norms in (mine, theirs)]
    assert abs(last_zero[0] - last_zero[1]) <= (3 if cell == "rnn" else 10)
    assert (last_zero[0] > 0) == (name == "float16"), "float16 ends within these steps, bfloat16 does not"


def linear(gain, steps, **more):
    """A linear network of one unit and no input: ∂L/∂h_t = gain^(T−t) times what arrives."""
    e = explorer.Experiment(activation="identity", hidden_size=1, seq_len=steps, batch_size=1, loss_at="last", **more)
    weights = {
        "weight_ih_l0": np.zeros((1, 1)),
        "weight_hh_l0": np.full((1, 1), gain),
        "bias_ih_l0": np.zeros(1),
        "bias_hh_l0": np.zeros(1),
    }
    cotangents = np.zeros((steps, 1, 1))
    cotangents[-1] = 1.0
    return explorer.run(e, weights=weights, inputs=np.zeros((steps, 1, 1)), output_grads=cotangents)


@pytest.mark.parametrize(("name", "least"), [("float16", 24), ("bfloat16", 133), ("float32", 149), ("float64", 1074)])
def test_halving_ends_below_the_least_number(name, least):
    """0.5 a step: 2^−least is still a number, the half of it ties to the even neighbour, which is 0."""
    trace = linear(0.5, 1200)
    found = precision(trace, formats=(name,)).formats[name]
    assert found.silent_step == found.off_step == 1200 - least - 1
    assert found.log10_norm["h"][found.silent_step] == pytest.approx(FORMATS[name].smallest)
    assert np.isneginf(found.log10_norm["h"][: found.silent_step]).all()
    np.testing.assert_array_equal(found.zero_share, np.isneginf(found.log10_norm["h"]))


@pytest.mark.parametrize("scale", [1, 10, 24])
def test_a_loss_scale_buys_as_many_halvings_as_its_exponent(scale):
    plain, scaled = (precision(linear(0.5, 60), s, ("float16",)).formats["float16"] for s in (0, scale))
    ends = [0 if run.silent_step is None else run.silent_step for run in (plain, scaled)]
    if scale == 24:  # beyond the largest number from the start
        assert scaled.lost_step == 60
        return
    assert ends[0] - ends[1] == scale
    assert scaled.log10_norm["h"][-1] == pytest.approx(0, abs=1e-12), "the scale is divided out again"


def test_more_than_half_a_step_stands_still_at_the_least_number():
    found = precision(linear(0.6, 100), formats=("float16",)).formats["float16"]
    assert found.silent_step is None
    assert found.log10_norm["h"][0] == pytest.approx(FORMATS["float16"].smallest)
    assert found.off_step is not None
    assert 60 < found.off_step < 80


@pytest.mark.parametrize(("name", "power"), [("float16", 16), ("bfloat16", 128), ("float32", 128), ("float64", 1024)])
def test_doubling_leaves_the_range_on_the_way_back(name, power):
    found = precision(linear(2.0, 1100), formats=(name,)).formats[name]
    assert found.overflow_step is None
    assert found.lost_step == 1100 - power
    assert np.isnan(found.log10_norm["h"][: found.lost_step]).all()
    assert np.isfinite(found.log10_norm["h"][found.lost_step :]).all()


def test_states_beyond_float16_are_its_overflow_alone():
    trace = trace_of(activation="relu", init="identity", gain=1.5, task="noise", input_gain=3.0)
    assert trace.overflow_step is None
    seen = precision(trace).formats
    where = next(t for t in range(1, 61) if np.abs(trace.states["h"][0, t]).max() > 65520)
    assert seen["float16"].overflow_step in (where - 1, where)
    assert np.isnan(seen["float16"].log10_norm["h"]).all()
    assert all(seen[name].overflow_step is None for name in ("float64", "float32", "bfloat16"))


def test_a_run_that_overflows_itself_is_compared_with_nothing():
    seen = precision(trace_of(activation="relu", gain=50.0, seq_len=500))
    assert seen.code == "overflowed"
    assert not seen.formats


def test_zeros_of_the_run_itself_are_no_fault_of_a_format():
    trace = trace_of(gain=0.0)
    for found in precision(trace).formats.values():
        assert found.silent_step is None
        assert found.off_step is None
        np.testing.assert_array_equal(found.zero_share[:-1], 1.0)


@pytest.mark.parametrize(
    ("settings", "parameter"),
    [({"loss_scale": 25}, "loss_scale"), ({"loss_scale": -1}, "loss_scale"), ({"layer": 1}, "layer")],
)
def test_what_makes_no_sense_is_said(settings, parameter):
    with pytest.raises(explorer.ExplorerError) as caught:
        precision(trace_of(), **settings)
    assert caught.value.parameter == parameter


def test_it_says_how_far_it_is():
    shares = []
    precision(trace_of(num_layers=2), progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
