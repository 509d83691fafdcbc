"""Blocks of bytes: all data come out as they went in, aligned, each array once; zeros and tiny numbers survive."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.show.plots import figures_of
from explorer.show.plots.deck_renderer import NO_VALUE, STEPS_OF_COLOUR, Block, render
from explorer.show.plots.record import Axis, Figure, Heatmap, Panel, Series
from explorer.show.plots.shown import Shown

KINDS = {"f8": "<f8", "f4": "<f4", "u1": "<u1"}


def unpacked(block):
    """The header of a block, and a function that reads an array of it in place, as a browser does."""
    length = int.from_bytes(block[:8], "little")
    assert length % 8 == 0
    body = block[8 + length :]

    def array(place):
        kind = np.dtype(KINDS[place["kind"]])
        assert place["at"] % 8 == 0
        return np.frombuffer(body, kind, place["n"], place["at"])

    return json.loads(block[8 : 8 + length]), array


def figure(series=(), heatmap=None, decades=True):
    panel = Panel(Axis("y", -10, 0, decades=decades), series=tuple(series), heatmap=heatmap)
    return Figure("name", "Title", "Caption", "Alternative", Axis("x", 1, 10), (panel,))


def line(values, **settings):
    return Series("line", np.arange(1, len(values) + 1), np.asarray(values), "#000000", **settings)


def test_every_figure_of_a_run_goes_through_to_the_last_bit():
    trace = explorer.run(explorer.Experiment(cell="lstm", num_layers=2, seq_len=13))
    figures, block = figures_of([Shown(trace)]), Block()
    header, array = unpacked(block.bytes({"figures": [render(f, block) for f in figures]}))
    for sent, figure in zip(header["figures"], figures, strict=True):
        assert sent["name"] == figure.name
        for panel, record in zip(sent["panels"], figure.panels, strict=True):
            for drawn, series in zip(panel["series"], record.series, strict=True):
                kind = "<f8" if record.y.decades else "<f4"
                np.testing.assert_array_equal(array(drawn["values"]), series.values.astype(kind))
                assert (drawn["steps"] is None) == (len(series.values) == series.steps[-1])
            if record.heatmap:
                values = array(panel["heatmap"]["values"]).reshape(panel["heatmap"]["rows"], -1)
                np.testing.assert_array_equal(values, record.heatmap.values.astype("<f4"))


def test_what_is_no_place_on_an_axis_survives():
    values = [-np.inf, np.nan, -1234.5678901234567, np.inf, 0.1]
    block = Block()
    header, array = unpacked(block.bytes(render(figure([line(values)]), block)))
    np.testing.assert_array_equal(array(header["panels"][0]["series"][0]["values"]), values)


@pytest.mark.parametrize(("largest", "kind"), [(1.0, "f4"), (3e38, "f4"), (1e200, "f8")])
def test_states_on_their_way_to_an_overflow_stay_numbers(largest, kind):
    heatmap = Heatmap(np.array([[0.5, largest], [np.nan, -largest]]), 1, -1.0, 1.0, "states")
    block = Block()
    header, array = unpacked(block.bytes(render(figure(heatmap=heatmap, decades=False), block)))
    place = header["panels"][0]["heatmap"]["values"]
    assert place["kind"] == kind
    np.testing.assert_allclose(array(place), heatmap.values.ravel(), rtol=1e-7)


@given(st.lists(st.floats(0, 1) | st.just(np.nan), min_size=1, max_size=40), st.sampled_from([(0.0, 1.0), (-1.0, 1.0)]))
def test_compact_heatmaps_are_off_by_half_a_step_of_colour_at_most(shares, ends):
    lower, upper = ends
    values = lower + np.array([shares]) * (upper - lower)
    block = Block()
    sent = render(figure(heatmap=Heatmap(values, 1, lower, upper, "gates"), decades=False), block, compact=True)
    header, array = unpacked(block.bytes(sent))
    steps = array(header["panels"][0]["heatmap"]["values"])
    back = np.where(steps == NO_VALUE, np.nan, lower + steps / STEPS_OF_COLOUR * (upper - lower))
    np.testing.assert_allclose(back, values[0], rtol=0, atol=(upper - lower) / STEPS_OF_COLOUR / 2 + 1e-12)


def test_equal_arrays_are_sent_once_and_those_of_the_library_not_at_all():
    a, b = np.arange(5.0), np.arange(6.0)
    library = Block()
    library.array(a, "f8")
    assert library.array(a.copy(), "f8") == {"at": 0, "n": 5, "kind": "f8"}
    assert library.array(a, "f4") != library.array(a, "f8")
    block = Block(library.arrays)
    assert set(block.array(a, "f8")) == {"known"}
    assert block.array(b, "f8") == {"at": 0, "n": 6, "kind": "f8"}
    assert block.array(a, "f8")["known"] in library.arrays
    header, array = unpacked(block.bytes({}))
    np.testing.assert_array_equal(array(block.array(b, "f8")), b)
    assert header == {}


@given(st.text(max_size=30), st.lists(st.integers(0, 9), max_size=5))
def test_arrays_begin_at_multiples_of_eight_whatever_the_texts(text, sizes):
    block = Block()
    places = [block.array(np.arange(size) + i, "u1") for i, size in enumerate(sizes)]
    header, array = unpacked(block.bytes({"text": text, "places": places}))
    assert header["text"] == text
    for i, (size, place) in enumerate(zip(sizes, header["places"], strict=True)):
        np.testing.assert_array_equal(array(place), np.arange(size) + i)


def test_a_header_holds_no_number_that_json_has_not():
    trace = explorer.run(explorer.Experiment(activation="relu", gain=50.0, seq_len=300))
    block = Block()
    text = block.bytes({"figures": [render(f, block) for f in figures_of([Shown(trace)])]})
    assert trace.overflow_step
    unpacked(text)
    with pytest.raises(ValueError):
        block.bytes({"value": np.nan})
