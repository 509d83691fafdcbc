"""Runs that share the figures: which runs, their labels, and their rows in the table."""

import pytest

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.ui.deck.shared_figures import as_cell, places, table_of, visible
from explorer.ui.link.pins import MOST, Pin
from explorer.ui.work.runs import trace_of

SHORT = {"seq_len": 12, "hidden_size": 4, "batch_size": 2}


def rows(live, *pins, compare=False):
    kept = [pin if isinstance(pin, Pin) else Pin(Experiment(**SHORT, **pin)) for pin in pins]
    return places(trace_of(Experiment(**SHORT, **live)), compare, kept)


def labels(*arguments, **settings):
    return [row.run.label for row in rows(*arguments, **settings)]


def test_a_run_alone_has_no_label():
    assert labels({}) == [""]


@pytest.mark.parametrize(
    ("live", "pins", "said"),
    [
        ({"cell": "lstm"}, [{}], ["LSTM (live)", "RNN"]),
        (
            {"cell": "lstm", "forget_bias": 1},
            [{"cell": "lstm", "forget_bias": 5}],
            ["forget-gate bias 1 (live)", "forget-gate bias 5"],
        ),
        ({}, [{}], ["RNN (live)", "RNN"]),
        ({}, [{}, {}], ["RNN (live)", "RNN", "RNN (2)"]),
        ({"seed": 3}, [{"seed": 4, "gain": 1.5}], ["gain 1, seed 3 (live)", "gain 1.5, seed 4"]),
        ({"init": "orthogonal"}, [{}], ["orthogonal (live)", "default"]),
        (
            {"cell": "lstm", "forget_bias": 1},
            [{"cell": "gru"}],
            ["LSTM (live)", "GRU"],
        ),
    ],
)
def test_labels_are_the_differences(live, pins, said):
    assert labels(live, *pins) == said


def test_a_name_is_taken_as_it_is_and_stays_the_only_one_of_its_kind():
    pins = [Pin(Experiment(**SHORT, gain=gain), "mine") for gain in (0.5, 1.5)]
    assert labels({}, *pins) == ["gain 1 (live)", "mine", "mine (2)"]


def test_compared_cells_come_before_the_pins_and_only_once_for_each_cell():
    found = rows({"cell": "lstm", "forget_bias": 1}, {"cell": "lstm"}, compare=True)
    assert [row.run.trace.experiment.cell for row in found] == ["lstm", "rnn", "gru", "lstm"]
    assert [row.pin for row in found] == [None, None, None, 0]


def test_each_run_has_a_colour_and_a_dash_of_its_own():
    found = rows({}, *[{"gain": 0.1 * (i + 1)} for i in range(MOST)])
    looks = [(row.run.ink, row.run.dash) for row in found]
    assert len({ink for ink, _ in looks}) == len({dash for _, dash in looks}) == MOST + 1


def test_what_is_hidden_is_in_the_table_and_not_in_the_figures():
    found = rows({}, Pin(Experiment(**SHORT, gain=0.5), hidden=True), {"gain": 0.7})
    assert [run.label for run in visible(found)] == ["gain 1 (live)", "gain 0.7"]
    assert [row["hidden"] for row in table_of(found)["rows"]] == [False, True, False]


def test_the_table_says_what_differs_and_the_numbers():
    table = table_of(rows({"cell": "lstm", "forget_bias": 1}, {"gain": 0.5}))
    live, pinned = (dict(zip(table["columns"], row["cells"], strict=True)) for row in table["rows"])
    assert (live["Cell"], live["Gain"]) == ("LSTM", "1")
    assert (pinned["Cell"], pinned["Gain"]) == ("RNN", "0.5")
    assert "decades" in pinned["Gradient change"]
    assert not table["full"]
    assert table_of(rows({}, *[{"seed": i + 1} for i in range(MOST)]))["full"]


def test_a_pin_that_cannot_be_run_here_is_left_out(monkeypatch):
    def run(experiment):
        if experiment.seed == 7:
            raise ExplorerError("device", "is not there")
        return trace_of(experiment)

    monkeypatch.setattr("explorer.ui.deck.shared_figures.trace_of", run)
    assert labels({}, {"seed": 7}, {"gain": 2.0}) == ["gain 1 (live)", "gain 2"]


def test_another_cell_forgets_what_has_no_effect_there():
    lstm = Experiment(cell="lstm", forget_bias=5, clip_threshold=0.5)
    assert as_cell(lstm, "rnn") == Experiment()
