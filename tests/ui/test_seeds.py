"""Many seeds on the page: the block sent after the picture equals a picture that has the bands from the start."""

import numpy as np
import pytest

from explorer.engine.experiment import Experiment
from explorer.questions.diagnosis import GRAVITY
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.seed_bands import Bands, bands
from explorer.show.plots.gradients import gradient_figure, with_seeds
from explorer.show.plots.plotly_renderer import render
from explorer.show.plots.shown import Shown
from explorer.show.words import catalogue
from explorer.show.words.seeds import ORDER, ranges, tally
from explorer.ui.deck.blocks import Extras, live_block, seeds_block
from explorer.ui.deck.verdict import verdict_of
from explorer.ui.work.runs import trace_of
from explorer.ui.work.seeds import bands_of, remembered
from tests.show.plots.test_deck_renderer import unpacked
from tests.ui.test_app import opened

SMALL = {"seq_len": 12, "hidden_size": 4, "batch_size": 2}


def experiment(**settings):
    return Experiment(**{**SMALL, **settings})


def header(block):
    return unpacked(block)[0]


def test_what_comes_later_is_what_stands_there_when_it_is_known():
    e, extras = experiment(seed=77), Extras(seeds=10)
    trace = trace_of(e)
    assert remembered(e, 10) is None
    before = header(live_block(trace, extras))
    seen = bands_of(e, 10)
    later, after = header(seeds_block(trace, extras, seen)), header(live_block(trace, extras))
    assert later["base"] == before["seeds"] != ""
    assert after["seeds"] == ""
    assert (later["verdict"], later["figure"]["caption"]) == (after["verdict"], after["figures"][0]["caption"])
    labels = [
        [line["label"] for line in figure["panels"][0]["series"]]
        for figure in (before["figures"][0], later["figure"], after["figures"][0])
    ]
    assert labels[0] == labels[1] == labels[2], "the legend keeps its rows"
    assert bands_of(e, 10) is seen
    assert "computing" in before["verdict"]
    assert "computing" not in after["verdict"]


def test_no_seeds_are_no_seeds():
    assert remembered(experiment(), 0) is None
    assert "range" not in verdict_of(trace_of(experiment()))
    assert header(live_block(trace_of(experiment()), Extras()))["seeds"] == ""


@pytest.mark.parametrize("settings", [{}, {"cell": "lstm", "num_layers": 2}, {"activation": "relu", "gain": 0.0}])
def test_the_band_is_the_seeds_own(settings):
    e = experiment(**settings)
    seen, run = bands(e, 5), Shown(trace_of(e))
    figure = with_seeds(gradient_figure([run]), run, 5, seen)
    band, *others = figure.panels[0].series
    low, median, high = seen.log10_state_grad_norm["h"][:, -1, 1:]
    for drawn, expected in ((band.low, low), (band.values, median), (band.high, high)):
        np.testing.assert_array_equal(drawn, expected)
    assert [line.label for line in others] == [line.label for line in gradient_figure([run]).panels[0].series]
    y = figure.panels[0].y
    assert all(y.lower < value < y.upper for value in (*low, *high) if np.isfinite(value))
    assert "5 seeds" in figure.caption
    assert "5 seeds" in figure.alternative
    drawn = next(trace for trace in render(figure).data if trace.fill == "toself" and trace.hoverinfo == "skip")
    assert np.isfinite(drawn.y).all(), "an edge at −∞ lies below the axis"


def test_the_verdict_says_ranges_and_how_many():
    e = experiment(seq_len=60)
    seen = bands(e, 10)
    said = verdict_of(trace_of(e), 10, seen)
    low, median, high = (f"{value:+.1f}".replace("-", "−") for value in seen.decay)
    assert f"10 seeds: {median} (10–90 %: {low} … {high})" in said
    assert f"{gradient_flow(trace_of(e)).decay:+.1f}".replace("-", "−") in said, "its own number stays"
    assert said.count('class="range"') == 3
    assert tally(seen) in said


def made(**changes):
    """A record of 30 seeds."""
    numbers = {name: np.array([1.0, 2.0, 3.0]) for name in ("decay", "horizon", "loss")}
    codes = {"healthy": 2, "vanishing": 27, "overflowed": 1}
    return Bands(**{"experiment": experiment(), "seeds": tuple(range(30)), "overflowed": 1, "codes": codes,
                    "log10_state_grad_norm": {}, **numbers, **changes})  # fmt: skip


def test_how_many_of_them():
    assert tally(made()) == (
        "Over 30 seeds the gradient vanishes in 27, arrives in 2 and has no value in 1, whose states overflow."
    )
    assert tally(made(codes={"exploding": 30})) == "Over 30 seeds the gradient explodes in 30."
    assert tally(made(codes={"local": 30})).endswith("is near at hand everywhere and gone from afar in 30.")


def test_every_finding_that_can_be_the_gravest_has_its_words():
    beside_others = {"dead", "saturated", "clipped"}
    assert set(ORDER) == set(GRAVITY) - beside_others == catalogue()["seeds_tally"].keys() - {
        "whole", "waiting", "elsewhere", "and",
    }  # fmt: skip


def test_seeds_with_a_loss_at_every_step_are_counted():
    seen = bands(experiment(seq_len=60, loss_at="every"), 3)
    assert seen.codes == {"local": 3}
    assert "in 3" in tally(seen)


def test_seeds_that_explode_have_no_horizon():
    infinite = np.array([np.inf] * 3)
    assert ranges(made(codes={"exploding": 29, "overflowed": 1}, horizon=infinite))["horizon"].startswith(
        "30 seeds: none, it grows"
    )
    mixed = ranges(made(codes={"exploding": 9, "healthy": 20, "overflowed": 1}, horizon=infinite))
    assert mixed["horizon"].startswith("30 seeds: over 11, or none")


def test_ranges_of_what_is_no_plain_number():
    said = ranges(made(decay=np.array([-np.inf, -20.0, 1.04]), horizon=np.array([4.0, 7.5, np.inf])))
    assert said["decay"] == "30 seeds: −20.0 (10–90 %: exactly zero … +1.0)"
    assert said["horizon"] == "30 seeds: 8 (10–90 %: 4 … over 11)"
    assert set(ranges(made(overflowed=30)).values()) == {"30 seeds: none"}


def test_the_number_of_seeds_is_in_the_link():
    app = opened(seeds="10", **{name: str(value) for name, value in SMALL.items()})
    assert not app.exception
    assert not app.warning
    assert app.session_state["seeds"] == "10"


def test_a_number_of_seeds_that_is_not_offered_is_said():
    app = opened(seeds="11")
    assert not app.exception
    assert "`seeds` must be one of off, 10, 30, 100" in app.warning[0].value
