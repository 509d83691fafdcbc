"""Singular values of products of Jacobians, of any magnitude, and the spectra of what repeats."""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS as ALL_CELLS
from explorer.questions.lenses.graded import GradedProduct, log10_singular_values
from explorer.questions.lenses.jacobian_fan import SHARES, jacobian_fan
from explorer.questions.lenses.non_normal import LENGTH, PEAK, PEAK_STEP, chain_matrix, chain_weights
from explorer.questions.lenses.spectra import main_spectrum, recurrent_spectra, step_spectrum, vanishing_bound
from explorer.questions.lenses.step_jacobians import step_jacobians
from tests.common.comparing import CELLS, small, the_error, weights_of


def singular_values(matrices):
    """log10 of those of … M_2 M_1 by our product."""
    product = GradedProduct(len(matrices[0]))
    for matrix in matrices:
        product.multiply(matrix)
    rows, exponent = product.full_rows()
    return log10_singular_values(rows[None], exponent[None])[0]


def log10_of(fraction):
    with localcontext() as context:
        context.prec = 30
        return (Decimal(fraction.numerator) / Decimal(fraction.denominator)).log10() if fraction else Decimal("-inf")


def two_singular_values(matrices):
    """The same of 2 × 2 matrices in exact fractions: σ₁² + σ₂² = ‖A‖², σ₁ σ₂ = |det A|; for σ₁ ≫ σ₂."""
    a = [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
    for matrix in matrices:
        m = [[Fraction(x) for x in row] for row in matrix.tolist()]
        a = [[sum(m[i][k] * a[k][j] for k in range(2)) for j in range(2)] for i in range(2)]
    largest = log10_of(sum(x * x for row in a for x in row)) / 2
    return [float(largest), float(log10_of(abs(a[0][0] * a[1][1] - a[0][1] * a[1][0])) - largest)]


@pytest.mark.parametrize("scale", (1.0, 1e-4, 1e6))
def test_two_by_two_against_exact_fractions(scale):
    rng = np.random.default_rng(0)
    matrices = [scale * rng.standard_normal((2, 2)) for _ in range(150)]
    np.testing.assert_allclose(singular_values(matrices), two_singular_values(matrices), rtol=0, atol=1e-10)


@pytest.mark.parametrize("corner", ((0, 1), (1, 0)))
def test_whichever_direction_comes_first(corner):
    """Triangular with the slow direction first or last: no order of the units is special."""
    matrix = np.diag([0.1, 0.9])
    matrix[corner] = 1.0
    ours = singular_values([matrix] * 400)
    np.testing.assert_allclose(ours, two_singular_values([matrix] * 400), rtol=0, atol=1e-10)
    assert ours[1] < -400


@pytest.mark.parametrize("choices", CELLS)
def test_short_products_by_plain_svd(choices):
    trace = explorer.run(small(num_layers=2, gain=1.5, **choices))
    for layer in (0, 1):
        fan, J = jacobian_fan(trace, layer, sequence=1, shares=None), step_jacobians(trace, layer, sequence=1)
        product = np.eye(J.shape[-1])
        np.testing.assert_allclose(fan.log10_to_end[12], 0, atol=1e-14)
        for t in range(11, 7, -1):
            product = product @ J[t]
            assert_same_values(fan.log10_to_end[t], product)
        for t in range(1, 13):
            assert_same_values(fan.log10_step[t], J[t - 1])


def assert_same_values(log10, matrix):
    """Compare with a plain SVD, as far as its precision reaches."""
    expected = np.linalg.svd(matrix, compute_uv=False)
    seen = expected > 1e-9 * expected[0]
    np.testing.assert_allclose(log10[seen], np.log10(expected[seen]), rtol=0, atol=1e-6)
    assert np.all(10 ** log10[~seen] <= 2e-9 * expected[0])


def test_a_rotation_keeps_the_fan_closed():
    e = small(activation="identity", init="orthogonal", gain=0.95, seq_len=300, hidden_size=16)
    fan = jacobian_fan(explorer.run(e))
    expected = np.broadcast_to(((300 - fan.at) * np.log10(0.95))[:, None], (len(fan.at), len(SHARES)))
    np.testing.assert_allclose(fan.log10_to_end, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fan.log10_step[1:], np.log10(0.95), rtol=0, atol=1e-12)
    assert np.isnan(fan.log10_step[0]).all() and fan.code == "whole"


def test_far_outside_of_the_floats():
    """The logarithms of all singular values sum to that of the determinant, here 1e-12000."""
    e = small(activation="sigmoid", seq_len=1500, hidden_size=6)
    trace = explorer.run(e)
    fan = jacobian_fan(trace, points=4, shares=None)
    determinants = np.linalg.slogdet(step_jacobians(trace))[1] / np.log(10)
    assert fan.at.tolist() == [0, 500, 1000, 1500]
    for at, values in zip(fan.at, fan.log10_to_end, strict=True):
        assert values.sum() == pytest.approx(determinants[at:].sum(), rel=1e-10, abs=1e-9)
    assert fan.log10_to_end[0, 0] < -900 and np.isfinite(fan.log10_to_end).all()


def test_reduced_is_a_choice_of_all():
    trace = explorer.run(small(hidden_size=9))
    everything, few = jacobian_fan(trace, shares=None), jacobian_fan(trace, shares=(0, 0.5, 1), points=5)
    assert everything.log10_to_end.shape == (13, 9)
    np.testing.assert_allclose(few.log10_to_end, everything.log10_to_end[few.at][:, [0, 4, 8]], rtol=0, atol=1e-12)
    assert np.all(np.diff(everything.log10_to_end, axis=1) <= 0)


def test_dead_units_are_exact_zeros():
    e = small(activation="relu", hidden_size=8, seq_len=30)
    weights = weights_of(e)
    weights["weight_hh_l0"] = 0.3 * np.abs(weights["weight_hh_l0"])
    weights["bias_ih_l0"][:3], weights["bias_ih_l0"][3:] = -50.0, 5.0
    fan = jacobian_fan(explorer.run(e, weights), shares=None)
    for values in (fan.log10_to_end[:-1], fan.log10_step[1:]):
        assert np.all(values[:, 5:] == -np.inf) and np.isfinite(values[:, :5]).all()


@pytest.mark.parametrize("choices", CELLS)
def test_nothing_recurs(choices):
    """Without recurrent weights only what a gate keeps is left: nothing in an RNN, the c road in an LSTM."""
    trace = explorer.run(small(gain=0, **choices))
    fan = jacobian_fan(trace, shares=None)
    roads = {"rnn": 0, "gru": 5, "gru_reset_before": 5, "lstm": 5}
    alive = np.isfinite(fan.log10_to_end[:-1]).sum(axis=1)
    if trace.experiment.cell in roads:
        assert set(alive.tolist()) == {roads[trace.experiment.cell]}
    assert not np.isnan(fan.log10_to_end).any()


def test_overflow_is_a_code():
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200))
    fan = jacobian_fan(trace, points=201)
    assert fan.code == "overflowed" and np.isnan(fan.log10_to_end).all()
    known = np.isfinite(fan.log10_step).all(axis=1)
    assert fan.at[known].tolist() == list(range(1, trace.overflow_step))


def test_progress_is_told_and_may_end_the_work():
    trace = explorer.run(small(seq_len=400, hidden_size=20))
    told = []
    jacobian_fan(trace, progress=told.append)
    assert told == sorted(told) and len(told) > 3 and told[-1] == 1

    def enough(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        jacobian_fan(trace, progress=enough)


def test_what_is_not_there_is_said():
    trace = explorer.run(small())
    assert the_error(jacobian_fan, trace, layer=3).parameter == "layer"
    assert the_error(step_spectrum, trace, 0).parameter == "step"
    assert the_error(step_spectrum, trace, 13).parameter == "step"


# the spectra


def test_spectra_of_the_recurrent_weights():
    trace = explorer.run(small(cell="lstm", num_layers=2))
    spectra = recurrent_spectra(trace)
    assert [s.name for s in spectra] == [f"weight_hh {b}" for b in ("input", "forget", "candidate", "output")]
    candidate = trace.weights["weight_hh_l1"][10:15]
    main = main_spectrum(trace)
    assert main.name == "weight_hh candidate"
    assert main.norm == pytest.approx(np.linalg.norm(candidate, 2))
    np.testing.assert_allclose(np.abs(main.eigenvalues), np.sort(np.abs(np.linalg.eigvals(candidate)))[::-1])
    assert main.radius == np.abs(main.eigenvalues[0]) and main.eigenvalues.dtype == complex


WEIGHTS = {
    "rnn": ["weight_hh hidden"],
    "gru": ["weight_hh reset", "weight_hh update", "weight_hh candidate"],
    "indrnn": ["weight_hh"],
    "min_gru": [],
    "lru": [],
    "lstm_peephole": [
        *[f"weight_hh {block}" for block in ("input", "forget", "candidate", "output")],
        *["weight_ci", "weight_cf", "weight_co"],
    ],
}


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_what_recurs_in_every_cell(cell):
    trace = explorer.run(small(cell=cell))
    spectra = {s.name: s for s in recurrent_spectra(trace)}
    assert list(spectra) == WEIGHTS.get(cell, list(spectra))
    assert all(s.radius <= s.norm * (1 + 1e-12) and len(s.eigenvalues) == 5 for s in spectra.values())
    main = main_spectrum(trace)
    assert (main is None) == (not spectra) and (main is None or main.name in spectra)


def test_a_vector_is_a_diagonal_matrix():
    trace = explorer.run(small(cell="indrnn"))
    w, s = trace.weights["weight_hh_l0"], main_spectrum(trace)
    assert s.radius == s.norm == np.abs(w).max() and sorted(s.eigenvalues.real) == sorted(w)
    assert vanishing_bound(trace).norm == s.norm


def test_spectrum_of_a_step():
    trace = explorer.run(small(cell="gru"))
    J = step_jacobians(trace, sequence=1)
    s = step_spectrum(trace, 7, sequence=1)
    assert s.norm == pytest.approx(np.linalg.norm(J[6], 2)) and s.radius == pytest.approx(
        np.abs(np.linalg.eigvals(J[6])).max()
    )


def test_spectrum_after_an_overflow():
    trace = explorer.run(small(activation="identity", gain=100, seq_len=200))
    assert np.isfinite(step_spectrum(trace, trace.overflow_step - 1).norm)
    s = step_spectrum(trace, trace.overflow_step)
    assert np.isnan(s.norm) and np.isnan(s.radius) and np.isnan(s.eigenvalues).all()


@pytest.mark.parametrize(
    "activation, gain, code, limit",
    [
        ("tanh", 0.9, "vanishes", 1),
        ("tanh", 1.1, "silent", 1),
        ("relu", 0.9, "vanishes", 1),
        ("identity", 1.1, "silent", 1),
        ("sigmoid", 3.9, "vanishes", 4),
        ("sigmoid", 4.1, "silent", 4),
    ],
)
def test_the_classical_bound(activation, gain, code, limit):
    trace = explorer.run(small(activation=activation, init="orthogonal", gain=gain))
    bound = vanishing_bound(trace)
    assert (bound.code, bound.limit) == (code, limit) and bound.norm == pytest.approx(gain)
    if code == "vanishes":
        assert np.all(np.diff(trace.log10_state_grad_norm["h"][0]) >= 0)


@pytest.mark.parametrize("cell", [cell for cell in ALL_CELLS if cell not in ("rnn", "indrnn")])
def test_the_bound_is_about_simple_steps(cell):
    assert vanishing_bound(explorer.run(small(cell=cell))).code == "other_cell"


def test_the_chain_grows_before_it_decays():
    """ρ = 0.8, and the gradient rises by a factor of 313.143 at the 53rd step back."""
    T = 150
    e = explorer.Experiment(
        activation="identity", hidden_size=LENGTH, seq_len=T, batch_size=1, task="noise", input_size=1
    )
    trace = explorer.run(e, chain_weights(), targets=np.zeros((1, 1)))
    norms = trace.log10_state_grad_norm["h"][0]
    rise = 10 ** (norms - norms[-1])[::-1]
    assert int(np.argmax(rise)) == PEAK_STEP == 53
    assert rise[53] == pytest.approx(PEAK, abs=5e-4)
    assert rise[150] < 0.03
    # every eigenvalue is 0.8; that of a triangular matrix with its numbers on the diagonal comes out exactly
    spectrum = main_spectrum(trace)
    assert spectrum.radius == 0.8 and spectrum.norm > 1
    assert vanishing_bound(trace).code == "silent"
    assert np.linalg.norm(np.linalg.matrix_power(chain_matrix().T, 53)[:, -1]) == pytest.approx(PEAK, abs=5e-4)
