"""Samples of predictions: of networks with a known answer, and of any network."""

import numpy as np
import pytest

import explorer
from explorer.engine.experiment import Experiment
from explorer.model.tasks import TASKS
from explorer.model.tasks.contract import Answers, Curves, TaskRequest
from explorer.questions.samples import Writing, _Reader, sample
from explorer.show.plots.samples import as_svg, sample_figure

HEARD = [name for name, task in TASKS.items() if task.listens or task.text(TaskRequest(30, 2))]


def weights_of(e):
    return explorer.run(e).weights


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("task", [*HEARD])
def test_every_task_has_a_sample_that_can_be_repeated(task, cell):
    e = Experiment(cell=cell, task=task, seq_len=30, hidden_size=4, num_layers=2, batch_size=2)
    first, again = (sample(e, weights_of(e)) for _ in range(2))
    assert type(first) in (Answers, Writing, Curves)
    assert str(first) == str(again)


def test_noise_has_nothing_to_hear():
    e = Experiment(task="noise", hidden_size=4)
    assert set(TASKS) - set(HEARD) == {"noise"}
    assert sample(e, weights_of(e)) is None


def test_a_network_that_always_says_one_number_is_heard_to():
    e = Experiment(task="adding", hidden_size=3)
    weights = {name: np.zeros_like(w) for name, w in weights_of(e).items()} | {"bias_out": np.array([1.25])}
    heard = sample(e, weights)
    assert heard.said == ("1.25",) * 6
    assert all(0 <= float(text) <= 2 for text in heard.asked)


def test_copied_symbols_stand_below_those_that_were_asked_for():
    e = Experiment(task="copy", seq_len=30, hidden_size=3)
    bias = np.zeros(9)
    bias[4] = 1.0
    weights = {name: np.zeros_like(w) for name, w in weights_of(e).items()} | {"bias_out": bias}
    heard = sample(e, weights)
    assert heard.said == ("5" * 10,) * 3
    assert all(len(text) == 10 and set(text) <= set("12345678") for text in heard.asked)


def test_reading_symbol_by_symbol_is_the_run_itself():
    e = Experiment(cell="lstm", task="text", seq_len=12, hidden_size=5, num_layers=2, batch_size=1, loss_at="every")
    trace = explorer.run(e)
    reader = _Reader(e, trace.weights, trace.outputs.shape[2])
    for t, symbol in enumerate(trace.inputs[:, 0].argmax(axis=1)):
        np.testing.assert_allclose(reader.next(int(symbol)), trace.outputs[t, 0], rtol=1e-10, atol=1e-12)


def test_a_text_is_written_in_its_own_alphabet():
    e = Experiment(task="text", text="abcab cabac", hidden_size=4)
    heard = sample(e, weights_of(e))
    assert len(heard.written) == 80
    assert set(heard.read + heard.written) <= set("abc ")


def test_an_expected_price_stands_on_the_true_price_before():
    e = Experiment(task="stocks", hidden_size=3, seq_len=20)
    weights = {name: np.zeros_like(w) for name, w in weights_of(e).items()}  # expects no change
    heard = sample(e, weights)
    np.testing.assert_allclose(heard.expected[1:], heard.came[:-1], rtol=1e-12)
    assert heard.expected[0] == 1.0


@pytest.mark.parametrize(
    "expected", [np.ones(9), np.full(9, np.nan), np.array([0, 1, np.inf, 3, np.nan, 5, 6, 7, 8.0])]
)
def test_the_curve_is_drawn_also_where_the_network_says_nothing_finite(expected):
    figure = sample_figure(Curves("sine", np.sin(np.arange(9.0)), expected), "rnn")
    drawn = as_svg(figure)
    assert drawn.startswith("<svg")
    assert drawn.count("<polyline") >= 1
    assert "nan" not in drawn
    assert "inf" not in drawn.replace("infinite", "")
    assert figure.caption
