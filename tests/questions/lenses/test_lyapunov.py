"""Lyapunov exponents where theory knows them."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS as ALL_CELLS
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.lyapunov import kaplan_yorke, lyapunov
from explorer.questions.lenses.step_jacobians import step_jacobians
from tests.common.comparing import small, the_error, weights_of


def silent(e):
    """Inputs that are all zero."""
    return {"inputs": np.zeros((e.seq_len, e.batch_size, 2))}


def test_a_rotation():
    e = small(activation="identity", init="orthogonal", gain=0.95, seq_len=60, hidden_size=12)
    result = lyapunov(explorer.run(e))
    np.testing.assert_allclose(result.exponents, np.log(0.95), rtol=0, atol=1e-12)
    assert result.gradient_slope == pytest.approx(np.log(0.95), abs=1e-12)
    assert result.dimension == 0 and result.code == "whole"
    assert result.warm_up + result.steps == 60


@pytest.mark.parametrize("gain", (0.5, 0.9))
def test_an_autonomous_tanh_network_at_rest(gain):
    """Below g = 1 the states stay at zero, every Jacobian is W, and λᵢ = ln |eigenvalue i|."""
    e = small(init="normal", gain=gain, bias_init="zero", seq_len=3000, hidden_size=10, batch_size=1)
    trace = explorer.run(e, **silent(e))
    result = lyapunov(trace)
    moduli = np.sort(np.abs(np.linalg.eigvals(trace.weights["weight_hh_l0"])))[::-1]
    np.testing.assert_allclose(result.exponents, np.log(moduli), rtol=0, atol=5e-3)
    assert result.gradient_slope == pytest.approx(np.log(moduli[0]), abs=5e-4)


def test_a_symmetric_network_needs_no_long_run():
    """No pair of eigenvalues rotates, so the exponents are constant after the warm-up."""
    e = small(bias_init="zero", seq_len=400, hidden_size=6, batch_size=1)
    weights = weights_of(e)
    frame = np.linalg.qr(weights["weight_hh_l0"])[0]
    weights["weight_hh_l0"] = frame @ np.diag([0.9, -0.7, 0.5, 0.3, -0.2, 0.1]) @ frame.T
    result = lyapunov(explorer.run(e, weights, **silent(e)), warm_up=200)
    np.testing.assert_allclose(result.exponents, np.log([0.9, 0.7, 0.5, 0.3, 0.2, 0.1]), rtol=0, atol=1e-10)


def test_every_cell_contracts_volumes_by_its_determinants():
    """Σ λᵢ is the mean of ln |det J_t|."""
    for cell in ALL_CELLS:
        trace = explorer.run(small(cell=cell, num_layers=2, seq_len=40))
        J = step_jacobians(trace, layer=0, sequence=1)
        expected = np.linalg.slogdet(J)[1].mean()
        result = lyapunov(trace, layer=0, sequence=1, warm_up=0)
        if np.isneginf(expected):
            assert result.exponents[-1] == -np.inf, cell
        else:
            assert result.exponents.sum() == pytest.approx(expected, rel=1e-9), cell
        assert np.all(np.diff(result.exponents[np.isfinite(result.exponents)]) <= 0)


def test_chaos():
    """Far above g = 1 the network is chaotic (Sompolinsky, Crisanti & Sommers 1988): λ₁ > 0, and so the gradient."""
    e = small(init="normal", gain=3.0, bias_init="zero", seq_len=1000, hidden_size=40, batch_size=1)
    start = {"h": np.random.default_rng(0).standard_normal((1, 1, 40))}
    result = lyapunov(explorer.run(e, initial_state=start, **silent(e)))
    assert result.exponents[0] > 0.1
    assert result.gradient_slope == pytest.approx(result.exponents[0], rel=0.05)
    assert 2 < result.dimension < 20


def test_dead_units_are_minus_infinity():
    e = small(activation="relu", hidden_size=8, seq_len=50)
    weights = weights_of(e)
    weights["weight_hh_l0"] = 0.3 * np.abs(weights["weight_hh_l0"])
    weights["bias_ih_l0"][:3], weights["bias_ih_l0"][3:] = -50.0, 5.0
    result = lyapunov(explorer.run(e, weights))
    assert np.all(result.exponents[5:] == -np.inf) and np.isfinite(result.exponents[:5]).all()
    assert result.dimension == 0 and np.isfinite(result.gradient_slope)


def test_nothing_is_left():
    trace = explorer.run(small(gain=0))
    result = lyapunov(trace)
    assert np.all(result.exponents == -np.inf)
    assert result.gradient_slope == -np.inf and result.dimension == 0


def test_the_c_road_alone():
    """An LSTM without weights: c loses σ(b_f) a step and h has no way on."""
    e = small(cell="lstm", gain=0, input_gain=0, bias_init="zero", forget_bias=1.0, seq_len=30)
    result = lyapunov(explorer.run(e))
    np.testing.assert_allclose(result.exponents[:5], -np.log1p(np.exp(-1)), rtol=0, atol=1e-12)
    assert np.all(result.exponents[5:] == -np.inf)


def test_beside_the_fan():
    """The largest singular value of the whole product is e^(λ₁ T), up to a factor that does not grow with T."""
    trace = explorer.run(small(seq_len=2000, gain=1.5, hidden_size=12))
    fan = jacobian_fan(trace, points=2, shares=None)
    result = lyapunov(trace, warm_up=0)
    np.testing.assert_allclose(fan.log10_to_end[0] * np.log(10) / 2000, result.exponents, rtol=0, atol=0.01)


def test_overflow_is_a_code():
    result = lyapunov(explorer.run(small(activation="identity", gain=100, seq_len=200)))
    assert result.code == "overflowed" and np.isnan(result.exponents).all()
    assert np.isnan(result.dimension) and np.isnan(result.gradient_slope)


def test_huge_and_tiny_rates():
    e = small(activation="identity", init="orthogonal", gain=100, seq_len=140)
    assert lyapunov(explorer.run(e)).exponents[-1] == pytest.approx(np.log(100))
    tiny = small(activation="identity", init="orthogonal", gain=1e-6, seq_len=1000)
    result = lyapunov(explorer.run(tiny))
    np.testing.assert_allclose([*result.exponents, result.gradient_slope], np.log(1e-6), rtol=1e-9)


@pytest.mark.parametrize(
    "exponents, dimension",
    [
        ((0.5, 0.0, -1.0), 2.5),
        ((0.9056, 0.0, -14.5723), 2.0621),  # Lorenz's attractor
        ((-0.1, -0.2), 0),
        ((0.2, 0.1), 2),
        ((0.3, -np.inf), 1),
        ((-np.inf, -np.inf), 0),
        ((0.0, -1.0), 1),
    ],
)
def test_kaplan_yorke(exponents, dimension):
    assert kaplan_yorke(np.array(exponents)) == pytest.approx(dimension, abs=1e-4)


def test_the_shortest_run_and_what_is_not_there():
    trace = explorer.run(small(seq_len=2))
    assert np.isfinite(lyapunov(trace).exponents).all() and np.isfinite(lyapunov(trace, warm_up=1).gradient_slope)
    assert the_error(lyapunov, trace, warm_up=2).parameter == "warm_up"
    assert the_error(lyapunov, trace, layer=1).parameter == "layer"
