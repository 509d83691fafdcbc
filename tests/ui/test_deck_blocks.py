"""The page's blocks: what the deck receives for the live run, the pins, and the lanes of a drag."""

import pytest

from explorer.base.long_work import finished
from explorer.engine.experiment import Experiment
from explorer.model.cells import CELLS
from explorer.questions.sweep import sweep_values
from explorer.show.plots.look import look_data
from explorer.ui.deck import blocks
from explorer.ui.deck.blocks import Extras, base_of, lanes_block, library_of, live_block, setup, slow_block
from explorer.ui.deck.verdict import verdict_of
from explorer.ui.link.pins import Pin
from explorer.ui.views.training import board
from explorer.ui.work.runs import trace_of
from tests.show.plots.test_deck_renderer import unpacked

SMALL = {"seq_len": 12, "hidden_size": 4, "batch_size": 2}


def experiment(**settings):
    return Experiment(**SMALL, **settings)


def header(block):
    return unpacked(block)[0]


def test_the_live_block_holds_every_figure_and_what_can_be_dragged():
    block = header(live_block(trace_of(experiment(cell="lstm")), Extras()))
    assert block["kind"] == "live"
    assert [figure["name"] for figure in block["figures"]] == ["gradients", "states", "gates", "gate_means", "clipping"]
    assert [row["label"] for row in block["pins"]["rows"]] == [""]
    assert block["drag"]["parameter"] == ""
    assert {"gain", "forget_bias", "seq_len"} <= {choice["name"] for choice in block["drag"]["choices"]}
    assert "clip_threshold" not in {choice["name"] for choice in block["drag"]["choices"]}


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_is_drawn_alone_beside_another_in_slow_motion_and_under_the_hand(cell):
    trace = trace_of(experiment(cell=cell))
    for extras in (Extras(), Extras(pins=(Pin(experiment(seed=1)),)), Extras(drag="gain", slow=1)):
        assert len(header(live_block(trace, extras))["figures"]) >= 3
    assert header(slow_block(trace, 1))
    assert header(lanes_block(trace, Extras(drag="num_layers")))["lanes"]


def test_what_cannot_be_dragged_here_is_not_dragged():
    block = header(live_block(trace_of(experiment()), Extras(drag="forget_bias")))
    assert block["drag"]["parameter"] == block["drag"]["base"] == ""


def test_pins_are_sent_once_and_named_from_then_on():
    extras = Extras(pins=(Pin(experiment(cell="gru")), Pin(experiment(seed=1), hidden=True)))
    library = header(library_of(extras.pins).block)
    assert set(library["arrays"]) == set(library_of(extras.pins).digests)
    figures = header(live_block(trace_of(experiment(gain=1.5)), extras))["figures"]
    curves = {series["label"]: series["values"] for series in figures[0]["panels"][0]["series"]}
    pinned = next(values for label, values in curves.items() if label.startswith("GRU"))
    assert pinned["known"] in library["arrays"]
    assert not [label for label, values in curves.items() if "live" in label and "known" in values]
    assert len(curves) == 3, "the hidden one is left out, linear theory is the third"


def test_lanes_are_kept_as_long_as_only_the_dragged_value_changes():
    extras = Extras(drag="gain")
    base = base_of(experiment(), extras)
    assert base_of(experiment(gain=1.5), extras) == base
    for other, where in (
        (experiment(seed=1), extras),
        (experiment(), Extras(drag="seed")),
        (experiment(), Extras(True, (), "gain")),
    ):
        assert base_of(other, where) != base
    assert base_of(experiment(gain=0.123), extras) != base, "a value of its own needs a lane of its own"


@pytest.mark.parametrize("name", ["gain", "seq_len"])
def test_each_lane_says_what_the_page_would_say_of_its_value(name, monkeypatch):
    e = experiment()
    asked = []
    monkeypatch.setattr(blocks, "watched", lambda work: finished(work, asked.append))
    block = lanes_block(trace_of(e), Extras(drag=name))
    lanes = header(block)["lanes"]
    values = sweep_values(name, e)
    assert [lane["value"] for lane in lanes] == values
    assert len(asked) == len(values), "it looks up between lanes"
    for lane in (lanes[0], lanes[-1]):
        trace = trace_of(e.replace(**{name: lane["value"]}))
        assert lane["verdict"] == verdict_of(trace, tried=False)
        assert lane["cells"] == header(live_block(trace, Extras()))["pins"]["rows"][0]["cells"]
    axes = {
        (lane["figures"][0]["panels"][0]["y"]["lower"], lane["figures"][0]["panels"][0]["y"]["upper"]) for lane in lanes
    }
    assert len(axes) == 1, "a curve that moves, moves on an axis that stands"
    assert lanes_block(trace_of(e), Extras(drag=name)) is block


def test_work_on_lanes_ends_where_a_newer_run_takes_over(monkeypatch):
    class Newer(BaseException):
        pass

    def newer(work, label=""):
        next(work)
        raise Newer

    monkeypatch.setattr(blocks, "watched", newer)
    with pytest.raises(Newer):
        lanes_block(trace_of(experiment(seed=9)), Extras(drag="gain"))
    monkeypatch.undo()
    assert lanes_block(trace_of(experiment(seed=9)), Extras(drag="gain"))


def test_the_deck_has_its_words_and_its_look():
    words = setup()["words"]
    assert words["play"]
    assert all(isinstance(text, str) for text in words["column"].values())
    assert setup()["look"] == board.setup()["look"] == look_data()
