"""The inputs and targets of each task, against its definition in the paper or the source of its data."""

import contextlib
import io

import numpy as np
import pytest

import explorer
from explorer.base.streams import generator
from explorer.model.tasks import TASKS
from explorer.model.tasks.contract import TaskRequest
from explorer.model.tasks.stocks import weekly_prices, weekly_returns
from explorer.model.tasks.text import zen_of_python
from tests.common.comparing import NAMES, small

LENGTHS = (*range(2, 42), 100, 101)


def draw(task, seq_len=50, batch_size=64, seed=0, **request):
    """(inputs, targets), checked to be of the sizes that the task announces."""
    asked = TaskRequest(seq_len, batch_size, **request)
    batch, (I, O) = TASKS[task].draw(generator(seed, "task"), asked), TASKS[task].sizes(asked)
    assert batch.inputs.shape == (seq_len, batch_size, I)
    if batch.targets.dtype.kind == "i":
        assert batch.targets.shape == (seq_len, batch_size)
        assert batch.targets.min() >= 0 and batch.targets.max() < O
    else:
        assert batch.targets.shape == (seq_len, batch_size, O)
    assert np.all(np.isfinite(batch.inputs)) and np.all(np.isfinite(batch.targets))
    return batch.inputs, batch.targets


def symbols(inputs):
    """(T, B, I) one-hot → (T, B) integers."""
    assert np.all(np.sort(inputs, axis=-1)[..., -2:] == (0, 1)) and np.all(inputs.sum(axis=-1) == 1)
    return inputs.argmax(axis=-1)


@pytest.mark.parametrize("task", TASKS)
def test_every_length_from_two_on(task):
    for seq_len in LENGTHS:
        draw(task, seq_len, batch_size=5)
        assert explorer.run(small(task=task, seq_len=seq_len, batch_size=1)).outputs.shape[0] == seq_len


@pytest.mark.parametrize("task", TASKS)
def test_the_seed_decides(task):
    for a, b in zip(draw(task), draw(task), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(draw(task)[0], draw(task, seed=1)[0])


@pytest.mark.parametrize("task", TASKS)
def test_every_cell_and_backend_reads_the_same(task):
    inputs, _ = draw(task, seq_len=12, batch_size=3)
    for choices in (*({"cell": cell} for cell in NAMES), {"backend": "torch"}, {"hidden_size": 9, "gain": 2.0}):
        np.testing.assert_array_equal(explorer.run(small(task=task, **choices)).inputs, inputs)


def test_noise():
    inputs, targets = draw("noise", 200, 200)
    assert inputs.shape[-1] == 2 and targets.shape[-1] == 1
    for values in (inputs, targets):
        assert abs(values.mean()) < 0.02 and abs(values.std() - 1) < 0.02
    assert draw("noise", input_size=7)[0].shape[-1] == 7


@pytest.mark.parametrize("seq_len", LENGTHS)
def test_adding(seq_len):
    inputs, targets = draw("adding", seq_len)
    numbers, marks = inputs[..., 0], inputs[..., 1]
    assert numbers.min() >= 0 and numbers.max() <= 1
    half = seq_len // 2
    for part in (marks[:half], marks[half:]):
        assert np.all(np.sort(part, axis=0)[-1] == 1) and np.all(part.sum(axis=0) == 1)
    np.testing.assert_allclose(targets[-1, :, 0], (numbers * marks).sum(axis=0))
    np.testing.assert_allclose(targets[:, :, 0], np.cumsum(numbers * marks, axis=0))


def test_always_answering_one_costs_a_sixth():
    _, targets = draw("adding", 10, batch_size=50_000)
    assert np.mean((targets[-1] - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)


@pytest.mark.parametrize("seq_len", LENGTHS)
def test_copy(seq_len):
    inputs, targets = draw("copy", seq_len)
    read, n = symbols(inputs), max(1, min(10, (seq_len - 1) // 2))
    assert np.all(read[:n] < 8)
    np.testing.assert_array_equal(targets[-n:], read[:n])
    assert np.all(targets[:-n] == 8)
    if seq_len > 2:  # with two steps there is no room for a delimiter
        assert np.all(read[seq_len - n - 1] == 9)
        assert np.all(np.delete(read[n:], seq_len - 2 * n - 1, axis=0) == 8)


@pytest.mark.parametrize("seq_len", LENGTHS)
def test_temporal_order(seq_len):
    inputs, targets = draw("temporal_order", seq_len)
    read = symbols(inputs)
    assert np.all((read < 2).sum(axis=0) == 2)
    for sequence, wanted in zip(read.T, targets.T, strict=True):
        first, second = np.flatnonzero(sequence < 2)
        assert seq_len // 10 <= first <= 2 * seq_len // 10
        assert 4 * seq_len // 10 <= second <= max(5 * seq_len // 10, first + 1)
        assert np.all(wanted == 2 * sequence[first] + sequence[second])


def test_temporal_order_names_all_four_orders():
    assert set(draw("temporal_order")[1][-1]) == {0, 1, 2, 3}


def test_sine():
    inputs, targets = draw("sine", 60)
    np.testing.assert_array_equal(targets[:-1], inputs[1:])
    x = inputs[..., 0]
    assert np.abs(x).max() <= 1
    # x_{t+1} + x_{t−1} = 2 cos(2π / period) x_t
    cosine = np.sum((x[2:] + x[:-2]) * x[1:-1], axis=0) / np.sum(2 * x[1:-1] ** 2, axis=0)
    np.testing.assert_allclose(x[2:] + x[:-2], 2 * cosine * x[1:-1], atol=1e-12)
    periods = 2 * np.pi / np.arccos(cosine)
    assert periods.min() >= 10 and periods.max() <= 40 and np.ptp(periods) > 15


def test_stocks_are_plotlys():
    data = pytest.importorskip("plotly.data").stocks()
    prices = data.drop(columns="date").to_numpy(dtype=float)
    np.testing.assert_array_equal(weekly_prices(), prices)
    returns = np.diff(np.log(prices), axis=0)
    np.testing.assert_allclose(weekly_returns(), returns / returns.std(axis=0))


@pytest.mark.parametrize("seq_len", (2, 50, 300))
def test_stocks_ask_for_next_weeks_returns(seq_len):
    inputs, targets = draw("stocks", seq_len)
    np.testing.assert_array_equal(targets[:-1], inputs[1:])
    returns = weekly_returns()
    start = [int(np.flatnonzero((returns == x).all(axis=1))[0]) for x in inputs[0]]
    assert len(set(start)) > 10
    for b, first in enumerate(start):
        weeks = np.arange(first, first + seq_len + 1) % len(returns)
        np.testing.assert_array_equal(inputs[:, b], returns[weeks[:-1]])
        np.testing.assert_array_equal(targets[:, b], returns[weeks[1:]])


def test_the_zen_is_the_one_that_python_prints():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        import this
    decoded = "".join(this.d.get(character, character) for character in this.s)
    assert zen_of_python() == decoded
    assert printed.getvalue() in ("", decoded + "\n")  # empty if the module was imported before


@pytest.mark.parametrize("text", ("", "abracadabra", "ab"))
def test_text_asks_for_the_next_character(text):
    inputs, targets = draw("text", seq_len=40, text=text)
    source = text or zen_of_python()
    alphabet = np.array(sorted(set(source)))
    assert inputs.shape[-1] == len(alphabet)
    for read, wanted in zip(symbols(inputs).T, targets.T, strict=True):
        assert "".join(alphabet[read]) in source * 41
        assert "".join(alphabet[[read[0], *wanted]]) in source * 42
