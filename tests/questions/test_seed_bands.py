"""Median and 10–90 % over seeds are those of the single runs, also where some of them are exactly zero or overflow."""

import numpy as np
import pytest

import explorer
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.seed_bands import bands, quantiles, seeds_from


def experiment(**settings):
    return explorer.Experiment(**{"seq_len": 30, "hidden_size": 6, "batch_size": 3, "seed": 5, **settings})


def three(e):
    """The runs of three seeds, each on its own."""
    return [explorer.run(e.replace(seed=seed)) for seed in (5, 6, 7)]


@pytest.mark.parametrize("settings", [{}, {"cell": "lstm"}, {"cell": "gru", "num_layers": 2, "loss_at": "every"}])
def test_of_three_seeds_the_median_is_exactly_the_middle_one(settings):
    e = experiment(**settings)
    seen, runs = bands(e, 3), three(e)
    assert seen.seeds == (5, 6, 7)
    for name, found in seen.log10_state_grad_norm.items():
        low, middle, high = np.sort([run.log10_state_grad_norm[name] for run in runs], axis=0)
        np.testing.assert_array_equal(found[1], middle)
        ends = np.isfinite(low) & np.isfinite(high)
        np.testing.assert_allclose(found[0][ends], (low + 0.2 * (middle - low))[ends], rtol=1e-14)
        np.testing.assert_allclose(found[2][ends], (middle + 0.8 * (high - middle))[ends], rtol=1e-14)
    flows = [gradient_flow(run) for run in runs]
    assert seen.decay[1] == sorted(flow.decay for flow in flows)[1]
    assert seen.loss[1] == sorted(run.loss for run in runs)[1]
    assert seen.horizon[1] == sorted(np.inf if flow.horizon is None else flow.horizon for flow in flows)[1]


def test_more_seeds_than_lanes_of_one_pass_are_those_of_single_runs():
    """NumPy's own quantile agrees where all is finite."""
    e = experiment()
    seen = bands(e, 19)
    runs = [explorer.run(e.replace(seed=seed)) for seed in range(5, 24)]
    norms = np.array([run.log10_state_grad_norm["h"][:, 1:] for run in runs])
    np.testing.assert_allclose(
        seen.log10_state_grad_norm["h"][:, :, 1:], np.quantile(norms, (0.1, 0.5, 0.9), axis=0), rtol=1e-13
    )
    np.testing.assert_allclose(seen.loss, np.quantile([run.loss for run in runs], (0.1, 0.5, 0.9)), rtol=1e-13)
    assert sum(seen.codes.values()) == 19
    for code, count in seen.codes.items():
        assert count == sum(diagnose(run)[0].code == code for run in runs)


def test_exact_zeros_lie_below_every_number():
    e = experiment(activation="relu", bias_init="zero", hidden_size=2, task="noise", batch_size=1)
    runs = [explorer.run(e.replace(seed=seed)) for seed in range(5, 15)]
    decays = np.sort([gradient_flow(run).decay for run in runs])
    assert 1 < np.isneginf(decays).sum() < 10, "some die and some do not"
    seen = bands(e, 10)
    assert seen.overflowed == 0
    assert np.isneginf(seen.decay[0])
    assert np.isneginf(seen.log10_state_grad_norm["h"][0, 0, 1])
    assert not np.isnan(seen.decay).any()


def test_seeds_that_overflow_are_counted_and_left_out():
    e = experiment(activation="relu", init="normal", gain=40.0, seq_len=200, bias_init="zero", hidden_size=2)
    runs = [explorer.run(e.replace(seed=seed)) for seed in range(5, 17)]
    finite = [run for run in runs if run.overflow_step is None]
    assert 0 < len(finite) < 12
    seen = bands(e, 12)
    assert seen.overflowed == seen.codes["overflowed"] == 12 - len(finite)
    np.testing.assert_allclose(seen.loss[1], np.median([run.loss for run in finite]), rtol=1e-13)


def test_where_every_seed_overflows_there_are_no_numbers():
    seen = bands(experiment(activation="relu", gain=100.0, seq_len=400, hidden_size=16), 3)
    assert seen.overflowed == 3
    assert np.isnan(seen.decay).all()
    assert np.isnan(seen.log10_state_grad_norm["h"]).all()


def test_quantiles_beside_infinity():
    np.testing.assert_array_equal(quantiles(np.array([-np.inf, -np.inf, 1.0])), [-np.inf, -np.inf, -np.inf])
    np.testing.assert_array_equal(quantiles(np.array([-np.inf, 1.0, 2.0]))[1:], [1.0, 1.8])
    np.testing.assert_array_equal(quantiles(np.array([3.0, np.inf, np.inf])), [np.inf] * 3)
    np.testing.assert_array_equal(quantiles(np.arange(11.0)), [1.0, 5.0, 9.0])
    assert np.isnan(quantiles(np.zeros((0, 2)))).all()


def test_seeds_follow_each_other_and_begin_again():
    assert seeds_from(3, 2) == (3, 4)
    assert seeds_from(2**31 - 1, 3) == (2**31 - 1, 0, 1)


def test_somebody_may_end_it_between_two_handfuls():
    class Newer(BaseException):
        pass

    asked = []

    def between(share):
        asked.append(share)
        if len(asked) == 2:
            raise Newer

    with pytest.raises(Newer):
        bands(experiment(), 100, progress=between)
    assert len(asked) == 2


@pytest.mark.parametrize("count", [1, 1001, 2.0, True, "10"])
def test_a_number_of_seeds_that_makes_no_sense_is_said(count):
    with pytest.raises(explorer.ExplorerError) as caught:
        bands(experiment(), count)
    assert caught.value.parameter == "seeds"
