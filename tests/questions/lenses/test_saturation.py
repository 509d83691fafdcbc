"""Slopes of what is squashed, against finite differences of the cells themselves, closed forms and torch."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS as KINDS
from explorer.questions.lenses.saturation import LEVELS, saturation
from tests.common.comparing import CELLS, small, the_error, weights_of

WITH_BIAS = [choices for choices in CELLS if "bias_ih" in KINDS[choices.values[0]["cell"]].kind.parameters]


@pytest.mark.parametrize("choices", WITH_BIAS)
def test_slopes_are_what_a_nudge_of_the_bias_does(choices):
    """At the first step a bias moves its own pre-activation alone: the value's change is φ′, ¼ or 1 at most."""
    e = small(seq_len=2, batch_size=4, input_size=2, bias_init="default", gain=2, **choices)
    weights, cell, H = weights_of(e), KINDS[e.cell].kind, e.hidden_size
    found = saturation(explorer.run(e, weights))
    for name, quantiles in found.quantiles.items():
        block = cell.blocks.index("hidden" if name == "h" else name)
        ends = []
        for nudge in (1e-6, -1e-6):
            moved = {key: w.copy() for key, w in weights.items()}
            moved["bias_ih_l0"][block * H : (block + 1) * H] += nudge
            trace = explorer.run(e, moved)
            ends.append((trace.gates[name][0, 0] if trace.gates else trace.states["h"][0, 1]).ravel())
        largest = 0.25 if name in found.low or (e.activation == "sigmoid" and name == "h") else 1.0
        slopes = (ends[0] - ends[1]) / 2e-6 / largest
        np.testing.assert_allclose(quantiles[0], np.quantile(slopes, LEVELS), rtol=0, atol=1e-8)
        assert found.mean[name][0] == pytest.approx(slopes.mean(), abs=1e-8)


@pytest.mark.parametrize("choices", CELLS)
def test_shares_are_counted_one_by_one(choices):
    trace = explorer.run(small(seq_len=30, gain=6, num_layers=2, **choices))
    for layer in (0, 1):
        found = saturation(trace, layer)
        bounded = [name for name in trace.gates if trace.experiment.new_cell().squashing[name] != "exp"]
        assert list(found.quantiles) == (bounded or ["h"])
        for name, low in found.low.items():
            for t in (0, 17, 29):
                values = trace.gates[name][layer, t].ravel().tolist()
                assert low[t] == sum(v < 0.05 for v in values) / len(values)
                assert found.high[name][t] == sum(v > 0.95 for v in values) / len(values)
                assert found.saturated[name][t] == pytest.approx(low[t] + found.high[name][t])
        for name, quantiles in found.quantiles.items():
            assert np.all((quantiles >= 0) & (quantiles <= 1)) and np.all(np.diff(quantiles, axis=1) >= 0)
            assert np.all(found.dead[name] <= found.saturated[name])


def test_saturated_is_the_same_distance_from_both_functions_ends():
    """tanh(a) = 2σ(2a) − 1, so 0.9 of the one is 0.95 of the other, and so is their relative slope."""
    e = small(seq_len=2, cell="lstm", batch_size=1, hidden_size=2, input_size=1)
    weights = {name: np.zeros_like(w) for name, w in weights_of(e).items()}
    for offset, expected in ((-1e-6, 0.5), (1e-6, 1.0)):
        bias = np.full(8, 10.0)
        bias[0::2] = np.log(0.95 / 0.05) + offset
        bias[4] = np.arctanh(0.9) + offset
        found = saturation(explorer.run(e, weights | {"bias_ih_l0": bias}))
        for name in found.saturated:
            assert found.saturated[name][0] == expected, name


@pytest.mark.parametrize("dtype, edge", (("float64", 40.0), ("float32", 20.0)))
def test_a_slope_is_dead_where_the_run_rounds_it_to_zero(dtype, edge):
    """σ(40) is 1 − 4e-18, which is 1 in float64; torch's own derivative at its output is zero there as well."""
    torch = pytest.importorskip("torch")
    e = small(seq_len=2, cell="lstm", batch_size=1, dtype=dtype)
    weights = weights_of(e)
    weights["bias_ih_l0"][e.hidden_size : 2 * e.hidden_size] = edge
    a = torch.tensor(edge, dtype=getattr(torch, dtype), requires_grad=True)
    torch.sigmoid(a).backward()
    assert a.grad == 0
    found = saturation(explorer.run(e, weights))
    assert np.all(found.dead["forget"] == 1) and np.all(found.high["forget"] == 1)
    assert np.all(found.dead["input"] == 0)


def test_dead_relu_units():
    e = small(activation="relu", seq_len=20)
    weights = weights_of(e)
    weights["bias_ih_l0"][:2] = -50.0
    found = saturation(explorer.run(e, weights))
    assert np.all(found.dead["h"] >= 0.4) and not found.low
    np.testing.assert_array_equal(found.dead["h"], found.saturated["h"])


@pytest.mark.parametrize("choices", ({"cell": "lru"}, {"activation": "identity"}))
def test_what_is_not_squashed_has_all_its_slope(choices):
    found = saturation(explorer.run(small(**choices)))
    assert np.all(found.quantiles["h"] == 1) and np.all(found.saturated["h"] == 0)


def test_overflow_and_blocks(monkeypatch):
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200))
    found, step = saturation(trace), trace.overflow_step
    assert found.code == "overflowed"
    assert np.isfinite(found.dead["h"][: step - 1]).all() and np.isnan(found.dead["h"][step - 1 :]).all()
    trace, told = explorer.run(small(cell="gru", seq_len=50)), []
    whole = saturation(trace)
    monkeypatch.setattr("explorer.questions.lenses.saturation.AT_ONCE", 100)
    parts = saturation(trace, progress=told.append)
    for name in whole.quantiles:
        np.testing.assert_array_equal(whole.quantiles[name], parts.quantiles[name])
    assert told == sorted(told) and told[-1] == 1 and len(told) > 5
    assert the_error(saturation, trace, layer=1).parameter == "layer"
