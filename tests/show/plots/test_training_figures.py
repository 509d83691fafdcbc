"""The figures of a training draw what was recorded, and mark what has no number."""

import dataclasses

import numpy as np
import pytest

from explorer.engine.experiment import Experiment
from explorer.questions.training import Recorder, train, twins
from explorer.questions.training.jumps import biggest_jump, usual_before
from explorer.show.plots.plotly_renderer import render
from explorer.show.plots.training import (
    MOST_COLUMNS,
    MOST_POINTS,
    looks,
    shown_iterations,
    training_figures,
    waterfall_figure,
    waterfall_range,
)

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
