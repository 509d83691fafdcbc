"""The figures of a training draw what was recorded, and mark what has no number."""

import dataclasses

import numpy as np
import pytest

from explorer.engine.experiment import Experiment
from explorer.model.cells import CELLS
from explorer.questions.training import Recorder, train, twins
from explorer.questions.training.jumps import biggest_jump, usual_before
from explorer.show.plots.deck_renderer import Block
from explorer.show.plots.deck_renderer import render as rendered_for_the_deck
from explorer.show.plots.palette import OTHERS, channels
from explorer.show.plots.plotly_renderer import render
from explorer.show.plots.training import (
    MOST_COLUMNS,
    MOST_POINTS,
    loss_figure,
    shown_iterations,
    training_figures,
    waterfall_figure,
    waterfall_range,
)
from explorer.show.plots.training_lanes import looks

SMALL = {"hidden_size": 4, "batch_size": 2, "task": "adding"}


def recorded(experiments, **plan):
    recorder = Recorder(train(experiments, **plan))
    for _ in recorder:
        pass
    return recorder.history()


@pytest.fixture(scope="module")
def twin_history():
    e = Experiment(seq_len=12, clip="norm", clip_threshold=0.5, **SMALL)
    return recorded(twins(e), steps=30, evaluate_every=10)


@pytest.fixture(scope="module")
def ended():
    """An identity RNN of gain 1.5: the unclipped lane is not finite after a few iterations."""
    e = Experiment(seq_len=30, activation="identity", init="orthogonal", gain=1.5, clip="norm", **SMALL)
    return recorded(twins(e), steps=40, optimiser="sgd", learning_rate=0.1)


def stretched(history, n, seed=0):
    """The same record with `n` made-up iterations."""
    rng = np.random.default_rng(seed)
    K, T = len(history.experiments), history.log10_state_grad_norm.shape[2]
    numbers = {
        name: rng.lognormal(size=(n, K))
        for name in ("loss", "norm_before", "norm_after", "spectral_radius", "saturation", "update_size")
    }
    return dataclasses.replace(history, **numbers, log10_state_grad_norm=rng.normal(size=(n, K, T)).astype(np.float32))


def curve(figure, label):
    return next(s for panel in figure.panels for s in panel.series if s.label == label)


def test_the_figures_stand_on_one_axis_and_carry_the_record(twin_history):
    loss, norms, *falls, dynamics = training_figures(twin_history, upto=100)
    assert [f.name for f in (*falls,)] == ["waterfall", "waterfall_2"]
    assert {(f.x.lower, f.x.upper) for f in (loss, norms, *falls, dynamics)} == {(1, 100)}
    name = "clipped"
    np.testing.assert_allclose(10 ** curve(norms, "before clipping").values, twin_history.norm_before[:, 0], rtol=1e-12)
    np.testing.assert_allclose(10 ** curve(norms, "after clipping").values, twin_history.norm_after[:, 0], rtol=1e-12)
    np.testing.assert_array_equal(
        falls[1].panels[0].heatmap.values, twin_history.log10_state_grad_norm[:, 1, 1:].T.astype(float)
    )
    np.testing.assert_array_equal(dynamics.panels[0].series[0].values, twin_history.spectral_radius[:, 0])
    held_out = curve(loss, f"held out, {name}")
    np.testing.assert_array_equal(held_out.steps, [10, 20, 30])


def test_clipped_is_solid_and_unclipped_dashed_in_another_colour(twin_history):
    clipped, unclipped = looks(twin_history.experiments)
    assert (clipped.dash, unclipped.dash) == ("solid", "dash")
    assert clipped.colour != unclipped.colour
    assert clipped.label != unclipped.label


def test_any_list_of_experiments_is_told_apart_by_what_differs():
    found = looks([Experiment(seed=s, **SMALL) for s in range(3)])
    assert [look.label for look in found] == ["seed 0", "seed 1", "seed 2"]
    assert len({look.dash for look in found}) == 3


def test_the_threshold_is_a_line_on_the_norms(twin_history):
    norms = training_figures(twin_history)[1]
    assert [level.value for level in norms.panels[0].levels] == [pytest.approx(np.log10(0.5))]


def test_a_lane_that_ended_is_marked_with_iteration_and_cause(ended):
    ending = ended.endings[1]
    assert ending is not None
    assert ended.endings[0] is None
    _, norms, first, second, _ = training_figures(ended, upto=40)
    (mark,) = norms.panels[0].regions
    assert (mark.lower, mark.upper, mark.look) == (ending.iteration, ending.iteration, "not_finite")
    assert mark.label == f"unclipped ends at {ending.iteration}"
    assert first.panels[0].regions == ()
    (rest,) = second.panels[0].regions
    assert (rest.lower, rest.upper) == (ending.iteration, 40)
    assert f"ends at iteration {ending.iteration}" in rest.label
    assert norms.panels[0].y.upper < 60  # values that are not finite do not stretch the axis


def test_thousands_of_iterations_keep_every_jump(twin_history):
    history = stretched(twin_history, 12_345)
    for lane in (0, 1):
        for most in (MOST_POINTS, MOST_COLUMNS):
            at = shown_iterations(history, lane, most)
            assert len(at) <= most
            assert (np.diff(at) > 0).all()
            assert at.max() < 12_345
            assert int(np.argmax(history.norm_before[:, lane])) in at
    fall = waterfall_figure(history, 1).panels[0].heatmap
    at = shown_iterations(history, 1, MOST_COLUMNS)
    np.testing.assert_array_equal(fall.values, history.log10_state_grad_norm[at, 1, 1:].T.astype(float))
    assert fall.column_edges[0] == 0.5
    assert fall.column_edges[-1] == 12_345.5
    assert len(fall.column_edges) == fall.values.shape[1] + 1


def test_a_long_loss_is_drawn_by_its_mean_and_the_band_holds_every_batch(twin_history):
    """As it was drawn once, by the iteration of largest norm, a network that learns stood above the baseline."""
    n, rng = 12_345, np.random.default_rng(4)
    history = stretched(twin_history, n)
    norms = rng.lognormal(size=(n, 2))
    losses = 0.154 * norms / norms.mean()  # a batch of large norm has a large loss
    history = dataclasses.replace(history, loss=losses, norm_before=norms)
    figure = loss_figure(history)
    for lane, look in enumerate(looks(history.experiments)):
        series = curve(figure, look.label)
        width = -(-n // MOST_POINTS)
        assert len(series.values) == -(-n // width) <= MOST_POINTS
        assert (np.diff(series.steps) > 0).all()
        assert series.steps[0] >= 1 and series.steps[-1] <= n
        decades = figure.panels[0].y.decades
        line, low, high = (10**v if decades else v for v in (series.values, series.low, series.high))
        lengths = np.full(len(line), width)
        lengths[-1] = n - width * (len(line) - 1)
        assert np.sum(line * lengths) / n == pytest.approx(losses[:, lane].mean(), rel=1e-9)
        own = np.repeat(np.arange(len(line)), lengths)
        assert (low[own] * (1 - 1e-9) <= losses[:, lane]).all()
        assert (losses[:, lane] <= high[own] * (1 + 1e-9)).all()
        assert figure.panels[0].y.lower <= series.low.min() and series.high.max() <= figure.panels[0].y.upper
    drawn = [trace for trace in render(figure).data if trace.fill == "toself" and trace.showlegend is False]
    assert len([trace for trace in drawn if len(trace.x) > 4]) == 2  # both bands


def test_long_norms_and_updates_are_drawn_by_their_largest(twin_history):
    history = stretched(twin_history, 5_000)
    _, norms, *_, dynamics = training_figures(history)
    before = curve(norms, "before clipping")
    np.testing.assert_allclose(10**before.values, history.norm_before[:, 0].reshape(-1, 5).max(axis=1))
    np.testing.assert_allclose(10**before.low, history.norm_before[:, 0].reshape(-1, 5).min(axis=1))
    radius, saturation, updates = (panel.series[0] for panel in dynamics.panels)
    np.testing.assert_allclose(10**updates.values, history.update_size[:, 0].reshape(-1, 5).max(axis=1))
    np.testing.assert_allclose(radius.values, history.spectral_radius[:, 0].reshape(-1, 5).mean(axis=1))
    np.testing.assert_allclose(saturation.values, history.saturation[:, 0].reshape(-1, 5).mean(axis=1))
    for panel in (*norms.panels, *dynamics.panels[::2]):
        for series in panel.series:
            assert panel.y.lower <= series.low.min() <= series.high.max() <= panel.y.upper


@pytest.mark.parametrize("spoilt", [np.inf, np.nan])
def test_one_value_that_is_not_finite_leaves_a_gap_in_a_thinned_curve(twin_history, spoilt):
    history = stretched(twin_history, 5_000)
    losses = history.loss.copy()
    losses[3_333, 0] = spoilt
    series = curve(loss_figure(dataclasses.replace(history, loss=losses)), "clipped")
    assert np.flatnonzero(~np.isfinite(series.values)).tolist() == [3_333 // 5]
    assert np.isfinite(series.high).all()


@pytest.mark.parametrize(("iterations", "points", "columns"), [(300, "", ""), (1_000, "", "4"), (2_500, "3", "9")])
def test_what_is_thinned_says_so_and_nothing_else_does(twin_history, iterations, points, columns):
    loss, norms, fall, _, dynamics = training_figures(stretched(twin_history, iterations))
    for figure, said in ((loss, "the mean of up to"), (norms, "the largest of up to"), (dynamics, "the mean of up to")):
        assert (f"{said} {points} iterations" in figure.caption) == bool(points)
        assert (said in figure.caption) == bool(points)
    assert ("a column shows" in fall.caption) == bool(columns)
    assert (f"Of up to {columns} iterations" in fall.caption) == bool(columns)
    assert "a row shows" not in fall.caption


def test_a_colour_scale_that_adapts_says_so(twin_history):
    says = "The colour scale adapts"
    assert says in waterfall_figure(twin_history).caption
    assert says not in waterfall_figure(twin_history, decades=(-5, 1)).caption
    assert says in waterfall_figure(twin_history, decades=(-5, 1), adapting=True).caption
    loss, norms, first, second, dynamics = training_figures(twin_history, decades=(-5, 1), adapting=True)
    assert says in first.caption and says in second.caption
    assert all("adapt" in figure.caption for figure in (loss, norms, dynamics))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("clip", ["none", "norm"])
@pytest.mark.parametrize("compared", [False, True])
def test_held_out_and_batch_differ_by_colour_and_dash_wherever_they_are_drawn(cell, clip, compared):
    e = Experiment(cell=cell, clip=clip, seq_len=4, **SMALL)
    history = recorded(twins(e) if compared else e, steps=2, evaluate_every=1)
    figure = loss_figure(history)
    series = figure.panels[0].series
    on_the_deck = [(s["colour"], s["dash"]) for s in rendered_for_the_deck(figure, Block())["panels"][0]["series"]]
    named = {s.label for s in series}
    in_plotly = [(t.line.color, t.line.dash) for t in render(figure).data if t.name in named]
    assert len(series) == 2 * len(history.experiments)
    for looks_drawn in (on_the_deck, in_plotly, [(s.colour, s.dash) for s in series]):
        colours, dashes = zip(*looks_drawn, strict=True)
        assert len(set(colours)) == len(set(dashes)) == len(series)
    lanes = len(history.experiments)
    for held_out in series[lanes:]:
        assert held_out.colour in OTHERS
        for batch in series[:lanes]:
            apart = np.subtract(channels(held_out.colour), channels(batch.colour))
            assert np.abs(apart).max() >= 64


def test_three_lanes_and_their_held_out_losses_have_six_dashes():
    history = recorded([Experiment(seq_len=4, seed=s, **SMALL) for s in range(3)], steps=2, evaluate_every=1)
    assert len({s.dash for s in loss_figure(history).panels[0].series}) == 6


def test_a_jump_to_infinity_is_kept(twin_history):
    history = stretched(twin_history, 5_000)
    spoilt = history.norm_before.copy()
    spoilt[3_333] = np.inf
    history = dataclasses.replace(history, norm_before=spoilt)
    assert 3_333 in shown_iterations(history, 0, MOST_COLUMNS)
    assert biggest_jump(history) == 3_334


def test_long_sequences_show_the_largest_norm_of_several_steps(twin_history):
    norms = np.random.default_rng(2).normal(size=(30, 2, 1_051)).astype(np.float32)
    fall = waterfall_figure(dataclasses.replace(twin_history, log10_state_grad_norm=norms)).panels[0]
    rows = fall.heatmap.values
    assert rows.shape == (96, 30)
    np.testing.assert_array_equal(rows[0], norms[:, 0, 1:12].max(axis=1))
    np.testing.assert_array_equal(rows[-1], norms[:, 0, 1046:].max(axis=1))
    assert (fall.y.lower, fall.y.upper) == (0.5, 1050.5)


def test_exact_zeros_are_hatched_and_the_colour_range_is_what_was_asked_for(twin_history):
    norms = twin_history.log10_state_grad_norm.copy()
    norms[:, 0, 1:4] = -np.inf
    history = dataclasses.replace(twin_history, log10_state_grad_norm=norms)
    (panel,) = waterfall_figure(history, 0, decades=(-5, 1)).panels
    assert (panel.heatmap.lower, panel.heatmap.upper) == (-5, 1)
    (area,) = panel.areas
    assert area.look == "zero"
    assert (np.nanmin(area.y), np.nanmax(area.y)) == (0.5, 3.5)


def test_both_waterfalls_of_twins_share_one_range(ended):
    falls = [f.panels[0].heatmap for f in training_figures(ended)[2:4]]
    assert len({(fall.lower, fall.upper) for fall in falls}) == 1
    assert (falls[0].lower, falls[0].upper) == waterfall_range(ended)


def test_a_lane_that_runs_away_leaves_its_twin_its_colours():
    """At a low rate the unclipped lane stands at 1e90, finite, for an iteration before it ends."""
    e = Experiment(activation="identity", init="orthogonal", gain=1.05, task="adding", seq_len=100, clip="norm")
    history = recorded(twins(e), steps=30, optimiser="sgd", learning_rate=1e-4)
    assert history.endings[1].iteration == 3
    assert history.log10_state_grad_norm[1, 1].max() > 60
    alone = dataclasses.replace(
        history, endings=(None,), experiments=(e,), log10_state_grad_norm=history.log10_state_grad_norm[:, :1]
    )
    assert waterfall_range(history) == waterfall_range(alone)


def test_the_biggest_jump_is_where_the_norm_rose_most():
    e = Experiment(seq_len=5, **SMALL)
    history = recorded(e, steps=6)
    norms = np.array([[1.0], [2.0], [0.001], [1.5], [60.0], [50.0]])  # a usual norm after a tiny one is no jump
    assert biggest_jump(dataclasses.replace(history, norm_before=norms)) == 5
    np.testing.assert_array_equal(usual_before(norms[:, 0]), [1.0, 1.0, 1.0, 1.0, 1.0])
    rng = np.random.default_rng(0).lognormal(size=100)
    np.testing.assert_array_equal(usual_before(rng)[40:], [np.median(rng[i - 21 : i]) for i in range(41, 100)])
    assert biggest_jump(dataclasses.replace(history, norm_before=norms * np.nan)) == 1


@pytest.mark.parametrize("steps", [1, 2, 30])
def test_every_figure_has_texts_and_can_be_drawn_at_any_length(steps):
    e = Experiment(seq_len=8, cell="lstm", **SMALL)
    for figure in training_figures(recorded(e, steps=steps)):
        assert figure.caption
        assert "nan" not in figure.alternative
        assert render(figure).data
    for figure in training_figures(Recorder(train(e)).history(), upto=100):
        assert figure.alternative
