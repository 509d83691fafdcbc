"""A thinned record loses nothing that its band and its marks have to show, for any values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.questions.training.stretches import in_stretches, largest_of_each, stretch_edges

ANY = st.lists(st.floats(), max_size=60).map(lambda values: np.array(values, dtype=float))
FINITE = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60).map(np.array)
MOST = st.integers(1, 20)


def parts_of(values, found):
    return np.split(values, np.cumsum(found.lengths)[:-1])


@given(ANY, MOST)
def test_the_band_holds_every_finite_value_and_nothing_beyond_them(values, most):
    found = in_stretches(values, most)
    assert len(found.lengths) <= most
    assert found.lengths.sum() == len(values)
    assert (found.lengths[:-1] == found.width).all()
    for k, part in enumerate(parts_of(values, found) if len(values) else ()):
        finite = part[np.isfinite(part)]
        if len(finite):
            assert (found.low[k], found.high[k]) == (finite.min(), finite.max())
            assert found.low[k] <= found.mean[k] <= found.high[k]
        else:
            assert np.isnan([found.low[k], found.mean[k], found.high[k]]).all()


@given(FINITE, MOST)
def test_the_means_of_stretches_weighted_by_their_length_have_the_mean_of_the_whole(values, most):
    found = in_stretches(values, most)
    together = float(np.sum(found.mean * found.lengths) / len(values))
    assert together == pytest.approx(float(values.mean()), rel=1e-12, abs=1e-12 * float(np.abs(values).max()))


@given(FINITE, MOST, st.integers(0, 59), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_single_value_that_is_not_finite_is_not_swallowed(values, most, at, spoilt):
    values[at % len(values)] = spoilt
    found = in_stretches(values, most)
    assert (~found.whole).sum() == 1
    (k,) = np.flatnonzero(~found.whole)
    assert np.cumsum(found.lengths)[k] - found.lengths[k] <= at % len(values) < np.cumsum(found.lengths)[k]


@given(ANY, MOST)
def test_few_values_stay_as_they_are_and_every_stretch_has_its_place(values, most):
    found = in_stretches(values, most)
    if 0 < len(values) <= most:
        assert found.width == 1
        np.testing.assert_array_equal(found.middle, np.arange(1, len(values) + 1))
        np.testing.assert_array_equal(found.mean[found.whole], values[np.isfinite(values)])
    edges = stretch_edges(len(values), most)
    assert ((edges[:-1] < found.middle) & (found.middle <= edges[1:])).all()


def test_a_case_worked_out_by_hand():
    found = in_stretches(np.array([1.0, 2.0, 6.0, 4.0, np.inf, 8.0, 7.0]), 3)
    assert found.width == 3
    assert found.lengths.tolist() == [3, 3, 1]
    assert found.middle.tolist() == [2, 5, 7]
    assert found.low.tolist() == [1.0, 4.0, 7.0]
    assert found.mean.tolist() == [3.0, 6.0, 7.0]
    assert found.high.tolist() == [6.0, 8.0, 7.0]
    assert found.whole.tolist() == [True, False, True]


def test_a_mean_of_the_largest_floats_is_no_overflow():
    assert in_stretches(np.full(6, 1.7e308), 2).mean.tolist() == [1.7e308, 1.7e308]


@given(ANY.map(np.abs), MOST)
def test_the_largest_of_each_stretch_is_found(norms, most):
    indices = largest_of_each(norms, most)
    parts = np.split(norms, stretch_edges(len(norms), most)[1:-1])
    assert len(indices) == (len(parts) if len(norms) else 0)
    for index, part in zip(indices, parts, strict=False):
        if not np.isnan(part).all():
            assert norms[index] == np.nanmax(part)
