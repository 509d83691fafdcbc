"""Casts and operations of the narrow formats, bit for bit against torch's own."""

import array_api_compat.numpy as xp
import numpy as np
import pytest
import torch

from explorer.base.rounding import FORMATS, BFloat16, Float16, as_bfloat16, as_float16
from explorer.model.cells.contract import sigmoid

CASTS = {"bfloat16": (as_bfloat16, torch.bfloat16), "float16": (as_float16, torch.float16)}
narrow = pytest.mark.parametrize("name", CASTS)


def bits_of(values):
    return np.asarray(values, dtype=np.float32).view(np.uint32)


def every_number(name):
    """All 65,536 patterns of 16 bits, as float32."""
    patterns = np.arange(2**16, dtype=np.uint16)
    if name == "float16":
        return patterns.view(np.float16).astype(np.float32)
    return (patterns.astype(np.uint32) << 16).view(np.float32)


def torch_cast(name, values):
    return torch.from_numpy(np.array(values, dtype=np.float32)).to(CASTS[name][1])


def agree(mine, theirs):
    """Equal in every bit, including the sign of zero; NaN at the same places."""
    mine, theirs = np.asarray(mine), theirs.float().numpy()
    nan = np.isnan(theirs)
    np.testing.assert_array_equal(np.isnan(mine), nan)
    np.testing.assert_array_equal(bits_of(mine)[~nan], bits_of(theirs)[~nan])


@narrow
def test_every_number_of_the_format_stays_itself(name):
    values = every_number(name)
    agree(CASTS[name][0](values), torch_cast(name, values))
    numbers = values[~np.isnan(values)]
    np.testing.assert_array_equal(bits_of(CASTS[name][0](numbers)), bits_of(numbers))


@narrow
def test_what_lies_between_two_numbers_goes_to_the_nearer_and_ties_to_the_even_one(name):
    numbers = every_number(name)
    numbers = np.unique(numbers[np.isfinite(numbers)]).astype(float)
    middle = ((numbers[1:] + numbers[:-1]) / 2).astype(np.float32)
    for values in (middle, np.nextafter(middle, np.float32(np.inf)), np.nextafter(middle, np.float32(-np.inf))):
        agree(CASTS[name][0](values), torch_cast(name, values))


@narrow
def test_any_float32_is_rounded_as_torch_does(name):
    patterns = np.random.default_rng(0).integers(0, 2**32, 2_000_000, dtype=np.uint32)
    with np.errstate(all="ignore"):
        agree(CASTS[name][0](patterns.view(np.float32)), torch_cast(name, patterns.view(np.float32)))


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("float16", [65504, 65519.99, 65520, -65520, 2**-24, 2**-25, 2**-25 * 1.001], [65504, 65504, "inf", "-inf"]),
        ("bfloat16", [3.38e38, 3.3895e38, 3.397e38, -3.397e38, 2**-133, 2**-134], []),
    ],
)
def test_the_ends_of_the_range(name, values, expected):
    cast = CASTS[name][0](np.array(values, dtype=np.float32))
    agree(cast, torch_cast(name, values))
    np.testing.assert_array_equal(cast[: len(expected)], np.array(expected, dtype=float))
    least = np.float32(2.0 ** (-24 if name == "float16" else -133))
    assert CASTS[name][0](least) == least
    assert CASTS[name][0](least / 2) == 0
    assert np.log10(float(least)) == pytest.approx(FORMATS[name].smallest)
    assert FORMATS[name].largest == pytest.approx(np.log10(torch.finfo(CASTS[name][1]).max), abs=3e-3)


OPERATIONS = {
    "add": (lambda a, b: a + b, lambda a, b: a + b),
    "subtract": (lambda a, b: a - b, lambda a, b: a - b),
    "multiply": (lambda a, b: a * b, lambda a, b: a * b),
    "negate": (lambda a, b: -a, lambda a, b: -a),
    "tanh": (lambda a, b: xp.tanh(a), lambda a, b: torch.tanh(a)),
    "in place": (lambda a, b: a.__iadd__(b), lambda a, b: a + b),
}


@narrow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations_round_as_torch_does(name, operation):
    mine, theirs = OPERATIONS[operation]
    left = every_number(name)
    right = np.random.default_rng(1).permutation(left)
    with np.errstate(all="ignore"):
        result = mine(FORMATS[name].take(left), FORMATS[name].take(right))
    assert isinstance(result, (BFloat16, Float16))
    agree(result, theirs(torch_cast(name, left), torch_cast(name, right)))


@narrow
def test_a_sigmoid_rounds_once_as_torchs_does(name):
    """Two exponentials in float32 may differ in their last bit; then, rarely, a tie rounds to the other side."""
    values = every_number(name)
    values = values[np.isfinite(values)]
    with np.errstate(all="ignore"):
        mine = np.asarray(sigmoid(xp, FORMATS[name].take(values)))
    theirs = torch.sigmoid(torch_cast(name, values)).float().numpy()
    assert np.count_nonzero(mine != theirs) <= 4
    np.testing.assert_allclose(mine, theirs, rtol=2.0**-7, atol=2.0**-24)


@narrow
def test_an_exponential_that_is_used_otherwise_is_rounded_first(name):
    values = np.linspace(-3, 3, 1001, dtype=np.float32)
    a = FORMATS[name].take(values)
    e = torch.exp(torch_cast(name, values))
    different = np.asarray(xp.exp(a) * a) != (e * torch_cast(name, values)).float().numpy()
    assert np.count_nonzero(different) <= 4


@narrow
def test_a_product_of_matrices_adds_up_in_float32(name):
    rng = np.random.default_rng(2)
    left, right = (FORMATS[name].take(rng.standard_normal((5, 400))) for _ in range(2))
    mine = left @ right.swapaxes(-1, -2)
    exact = np.asarray(left, float) @ np.asarray(right, float).T
    np.testing.assert_array_equal(np.asarray(mine), CASTS[name][0](np.asarray(mine)))
    np.testing.assert_allclose(np.asarray(mine), exact, rtol=2.0**-8 if name == "bfloat16" else 2.0**-10)
    agree(mine[:1, :1] * 0 + mine[:1, :1], torch_cast(name, mine[:1, :1]))


@narrow
def test_pieces_and_sums_keep_to_the_format(name):
    a = FORMATS[name].take(np.linspace(0, 1, 12).reshape(3, 4))
    for made in (a[1:], a.reshape(4, 3), xp.concat([a, a], axis=-1), xp.permute_dims(a, (1, 0)), xp.sum(a, axis=-1)):
        assert type(made) is FORMATS[name].rounded
    assert type(a > 0.5) is np.ndarray
