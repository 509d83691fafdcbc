"""The cliff against autograd and differences, on one unit and on slices of networks; and the two descents."""

import numpy as np
import pytest
import torch

import explorer
from explorer.base.errors import ExplorerError
from explorer.base.long_work import finished
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.cliff.descent import descend
from explorer.questions.cliff.network import gain_bias, gradient_random, two_weights
from explorer.questions.cliff.one_unit import OneUnit
from explorer.questions.cliff.settings import STARTS, WINDOWS, CliffSettings
from explorer.questions.cliff.survey import survey
from explorer.questions.cliff.verdict import look
from explorer.show.words.cliff import sight_sentence

SMALL = {"seq_len": 12, "hidden_size": 5, "batch_size": 3, "task": "noise", "seed": 3}
POINTS = np.random.default_rng(0).uniform((3, -4), (8, 3), size=(40, 2))


def descents(start, landscape=None, **pace):
    return finished(descend(landscape or OneUnit(), start, **pace))


def sight(start, **pace):
    return look(descents(start, **pace), OneUnit.coordinates)


def autograd(w, b):
    """Figure 6 written plainly: loss and gradient."""
    p = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    x = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(50):
        x = p[0] * torch.sigmoid(x) + p[1]
    loss = (torch.sigmoid(x) - 0.7) ** 2
    loss.backward()
    return loss.item(), p.grad.numpy()


def by_differences(landscape, point, step):
    """Central differences of the loss along both coordinates."""
    shifts = step * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    up_x, down_x, up_y, down_y = landscape.losses(np.asarray(point) + shifts)
    return np.array([up_x - down_x, up_y - down_y]) / (2 * step)


def test_one_unit_at_the_known_point():
    (loss,), (gradient,) = OneUnit().gradients(np.array([[5.0, -2.0]]))
    assert loss == pytest.approx(0.0555854941, abs=5e-11)
    np.testing.assert_allclose(gradient, [0.037918343505, 0.040521191392], atol=5e-13)


def test_one_unit_agrees_with_autograd_on_a_whole_set_of_points():
    losses, gradients = OneUnit().gradients(POINTS)
    for (w, b), loss, gradient in zip(POINTS, losses, gradients, strict=True):
        expected_loss, expected = autograd(w, b)
        assert loss == pytest.approx(expected_loss, rel=1e-12)
        np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-14)


def test_one_unit_agrees_with_finite_differences_where_it_is_smooth():
    smooth = [point for point in POINTS if np.hypot(*OneUnit().gradients(point[None])[1][0]) < 1]
    assert len(smooth) > 30
    for point in smooth:
        expected = by_differences(OneUnit(), point, 1e-5)
        np.testing.assert_allclose(OneUnit().gradients(point[None])[1][0], expected, rtol=1e-4, atol=1e-9)


def test_one_unclipped_step_jumps_and_clipping_holds():
    seen = sight((5, -2.45), rate=0.05, threshold=1.0, steps=200)
    assert seen.code == "thrown"
    assert seen.jump == pytest.approx(5.38, abs=0.005)
    assert seen.plain_end == pytest.approx(0.0900, abs=5e-5)
    assert seen.clipped_end == pytest.approx(0.0036, abs=5e-5)
    assert seen.clipped_jump == pytest.approx(0.05, rel=1e-12)  # the learning rate times the threshold
    assert 0 < seen.clipped_steps < 100


def test_away_from_the_cliff_clipping_never_triggers_and_both_paths_are_the_same():
    both = descents((6, -3))
    assert look(both, OneUnit.coordinates).code == "same"
    assert not both.clipped.clipped.any()
    np.testing.assert_array_equal(both.plain.positions, both.clipped.positions)


def test_a_path_is_what_its_gradients_say():
    for path in vars(descents((5, -2.45), steps=60)).values():
        losses, gradients = OneUnit().gradients(path.positions)
        np.testing.assert_array_equal(path.losses, losses)
        norms = np.linalg.norm(gradients, axis=1)
        np.testing.assert_allclose(path.norms, norms)
        limit = np.inf if path.threshold is None else path.threshold
        np.testing.assert_array_equal(path.clipped, norms[:-1] > limit)
        np.testing.assert_allclose(path.jumps, path.rate * np.minimum(norms[:-1], limit), rtol=1e-9)
        np.testing.assert_allclose(
            np.diff(path.positions, axis=0) @ [[1], [1]],
            -path.rate * (gradients[:-1] * np.minimum(1, limit / norms[:-1])[:, None]).sum(axis=1, keepdims=True),
            atol=1e-12,
        )
        assert path.jumps[path.jump_at - 1] == path.largest_jump


@pytest.mark.parametrize(
    ("start", "pace", "code"),
    [
        ((5, -2.45), {}, "thrown"),
        ((5, -2.45), {"threshold": 1e-3, "steps": 20}, "brake"),
        ((5, -2.45), {"steps": 190}, "held"),
        ((6, -3), {}, "same"),
    ],
)
def test_what_one_sees_has_a_code(start, pace, code):
    assert sight(start, **pace).code == code


def test_leaving_the_window_is_noted():
    seen = sight((5, -3), rate=0.05, threshold=1.0, steps=200)
    assert seen.code == "thrown"
    assert seen.plain_left == seen.jump_at
    assert seen.clipped_left is None


@pytest.mark.parametrize(
    "broken", [{"rate": 0.0}, {"rate": np.nan}, {"threshold": -1.0}, {"steps": 0}, {"steps": 10**6}]
)
def test_a_broken_rule_is_said(broken):
    with pytest.raises(ExplorerError):
        descents((5, -2.45), **broken)
    with pytest.raises(ExplorerError, match="start"):
        descents((np.inf, 0))


PLANES = {"gain_bias": gain_bias, "gradient_random": gradient_random, "two_weights": two_weights}


@pytest.mark.parametrize("name", PLANES)
@pytest.mark.parametrize("cell", ["rnn", "lstm_peephole", "indrnn", "gru"])
def test_a_slice_has_the_real_loss_and_its_projected_gradient(name, cell):
    e = Experiment(cell=cell, num_layers=2, **SMALL)
    plane = PLANES[name](e)
    (at_home,), _ = plane.gradients(np.array([plane.home]))
    assert at_home == pytest.approx(explorer.run(e).loss, rel=1e-12)
    points = np.array([plane.home, (0.7, 0.3), (1.9, -0.6)])
    losses, gradients = plane.gradients(points)
    np.testing.assert_allclose(plane.losses(points), losses, rtol=1e-12)
    for point, gradient in zip(points, gradients, strict=True):
        np.testing.assert_allclose(gradient, by_differences(plane, point, 1e-5), rtol=1e-5, atol=1e-8)


def test_gain_and_bias_are_the_experiments_own_gain_and_every_bias():
    e = Experiment(cell="lstm", gain=1.7, **SMALL)
    plane = gain_bias(e)
    assert plane.home == (1.7, 0.0)
    weights = dict(explorer.run(e.replace(gain=0.4)).weights)
    weights["bias_ih_l0"] = weights["bias_ih_l0"] + 0.25
    assert plane.losses(np.array([[0.4, 0.25]]))[0] == pytest.approx(explorer.run(e, weights=weights).loss, rel=1e-12)


def test_the_gradients_plane_is_orthonormal_and_its_slope_is_the_gradients_norm():
    e = Experiment(**SMALL)
    plane = gradient_random(e)
    u, v = (
        np.concatenate([direction[name].ravel() for name in plane.supply.weights]) for direction in plane.directions
    )
    np.testing.assert_allclose([u @ u, v @ v, u @ v], [1, 1, 0], atol=1e-12)
    slope = plane.gradients(np.zeros((1, 2)))[1][0]
    np.testing.assert_allclose(slope, [explorer.run(e).clip.norm_before, 0], atol=1e-12)
    again = gradient_random(e).directions[1]
    assert all(np.array_equal(d, again[name]) for name, d in plane.directions[1].items())
    other = gradient_random(e.replace(seed=4)).directions[1]
    assert not np.array_equal(plane.directions[1]["weight_hh_l0"], other["weight_hh_l0"])


def test_two_weights_are_those_that_were_named_or_those_that_count_most():
    e = Experiment(**SMALL)
    sizes = np.abs(explorer.run(e).weight_grads["weight_hh_l0"])
    chosen = [coordinate.name for coordinate in two_weights(e).coordinates]
    ranked = [np.unravel_index(flat, sizes.shape) for flat in np.argsort(-sizes, axis=None)[:2]]
    assert chosen == [f"weight_hh_l0[{row}, {column}]" for row, column in ranked]
    named = two_weights(e, second="bias_ih_l0[3]")
    assert [coordinate.name for coordinate in named.coordinates] == [chosen[0], "bias_ih_l0[3]"]
    changed = {name: w.copy() for name, w in explorer.run(e).weights.items()}
    changed["weight_hh_l0"][2, 1] += 0.5
    changed["weight_out"][0, 4] -= 1.5
    plane = two_weights(e, "weight_hh_l0[2, 1]", "weight_out[0,4]")
    loss = plane.losses(np.array([[0.5, -1.5]]))[0]
    assert loss == pytest.approx(explorer.run(e, weights=changed).loss, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("weight_hh_l0", "must be one weight"),
        ("weight_hh_l0[-1, 0]", "must be one weight"),
        ("weight_hh_l0[0]", "shape is"),
        ("weight_hh_l0[0, 5]", "shape is"),
        ("weight_hh_l7[0, 0]", "must be one of"),
        ("__import__('os')[0]", "must be one weight"),
    ],
)
def test_a_weight_that_is_not_there_is_said(text, part):
    with pytest.raises(ExplorerError, match=part):
        two_weights(Experiment(**SMALL), text)


def test_what_cannot_be_laid_is_said():
    with pytest.raises(ExplorerError, match="recurrent weights"):
        gain_bias(Experiment(cell="min_gru", **SMALL))
    with pytest.raises(ExplorerError, match="not zero"):
        gradient_random(Experiment(activation="relu", gain=100, init="identity", **{**SMALL, "seq_len": 500}))
    with pytest.raises(ExplorerError, match="another weight"):
        two_weights(Experiment(**SMALL), "bias_out[0]", "bias_out[0]")


def test_a_survey_comes_in_handfuls_and_is_the_loss_at_every_point(monkeypatch):
    monkeypatch.setattr("explorer.questions.cliff.network.NetworkSlice.at_once", 7)
    plane = gain_bias(Experiment(**SMALL))
    shares = list(survey(plane, 5))
    assert shares == pytest.approx([7 / 25, 14 / 25, 21 / 25, 1])
    seen = finished(survey(plane, 5))
    for column, row in ((0, 0), (4, 1), (2, 3)):
        point = np.array([[seen.x[column], seen.y[row]]])
        assert seen.losses[row, column] == pytest.approx(plane.losses(point)[0], rel=1e-12)
    assert (seen.x[0], seen.x[-1], seen.y[0], seen.y[-1]) == (0, 3, -2, 2)


def test_losses_that_are_not_finite_are_counted_and_end_a_descent():
    e = Experiment(activation="identity", init="identity", task="noise", seq_len=1500, hidden_size=4, batch_size=2)
    plane = gain_bias(e)
    seen = finished(survey(plane, 7))
    assert 0 < seen.not_finite < 49
    assert np.isfinite(seen.losses[:, 0]).all()
    assert not np.isfinite(seen.losses[:, -1]).any()
    nowhere = descents((3.0, 0.0), plane, steps=5)
    assert nowhere.plain.ended_at == nowhere.clipped.ended_at == 0
    assert look(nowhere, plane.coordinates).code == "nowhere"
    lost = descents((1.2, 0.0), plane, steps=5)
    assert lost.plain.ended_at == 1
    assert lost.clipped.ended_at is None
    assert len(lost.plain.positions) == 2
    assert look(lost, plane.coordinates).code == "lost"


def test_settings_start_inside_of_the_windows():
    for landscape, names in STARTS.items():
        for name, window in zip(names, WINDOWS[landscape], strict=True):
            row = table(CliffSettings)[name]
            assert (row.lower, row.upper) == window.bounds
    assert CliffSettings().start(Experiment()) == (5.0, -2.45)
    assert CliffSettings(cliff_on="gain_bias").start(Experiment(gain=1.3)) == (1.3, 0.0)
    assert CliffSettings(cliff_on="gain_bias").start(Experiment(gain=50)) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("start", "pace", "parts"),
    [
        ((5, -2.45), {}, ["step 198 is 5.38 long", "loss of 0.0900", "14 of 200 steps", "ends at 0.00359"]),
        ((6, -3), {}, ["never engages", "both paths are the same"]),
        ((5, -3), {}, ["The path that is not clipped leaves the picture at step"]),
        ((8, 3), {"rate": 1e6, "threshold": 1e3, "steps": 3}, ["Both leave the picture at step 1."]),
    ],
)
def test_what_one_sees_is_a_sentence_with_its_numbers(start, pace, parts):
    both = descents(start, **pace)
    said = sight_sentence(look(both, OneUnit.coordinates), both)
    assert all(part in said for part in parts), said
