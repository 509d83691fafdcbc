"""Twin lanes, endings, baselines, and the measurements of each step."""

import math

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.engine.parameters import table
from explorer.model.tasks import TASKS
from explorer.questions.lenses.spectra import main_spectrum
from explorer.questions.training import Ending, Recorder, TrainingPlan, read_batch, train, twins
from explorer.questions.training.lanes import baseline, held_out
from explorer.show.presets import all_presets
from explorer.show.words import say

E = explorer.Experiment(cell="lstm", task="adding", seq_len=20, hidden_size=5, batch_size=4, clip="norm")


def test_lanes_are_what_each_is_alone():
    lanes = [E.replace(clip_threshold=0.05), E.replace(clip="value", clip_threshold=0.003), E.replace(seed=4, gain=2.0)]
    together = list(train(lanes, steps=15, evaluate_every=5))
    for k, lane in enumerate(lanes):
        for step, alone in zip(together, train(lane, steps=15, evaluate_every=5), strict=True):
            for name in ("loss", "norm_before", "norm_after", "factor", "cosine", "saturation", "update_size"):
                np.testing.assert_allclose(getattr(step, name)[k], getattr(alone, name)[0], rtol=1e-9, err_msg=name)
            np.testing.assert_allclose(step.log10_state_grad_norm[k], alone.log10_state_grad_norm[0], atol=1e-9)


def test_a_step_says_what_the_trace_says():
    recorder = Recorder(train(E.replace(clip="value", clip_threshold=0.002), steps=21))
    steps = list(recorder)
    for iteration in (1, 21):
        step, trace = steps[iteration - 1], recorder.history().trace_at(iteration)
        assert step.norm_after[0] == pytest.approx(trace.clip.norm_after, rel=1e-12)
        assert step.factor[0] == pytest.approx(trace.clip.factor, rel=1e-12)
        assert step.cosine[0] == pytest.approx(trace.clip.cosine, rel=1e-12) and step.cosine[0] < 0.999
        assert step.spectral_radius[0] == pytest.approx(main_spectrum(trace).radius, rel=1e-12)
    assert steps[19].spectral_radius == steps[0].spectral_radius != steps[20].spectral_radius


def test_the_update_is_its_share_of_the_weights():
    training = train(E, optimiser="sgd", learning_rate=0.1, steps=1)
    before = training.checkpoint().weights
    step = next(training)
    moved = np.linalg.norm(training.checkpoint().weights - before) / np.linalg.norm(before)
    assert step.update_size[0] == pytest.approx(moved, rel=1e-9)
    assert moved == pytest.approx(0.1 * step.norm_after[0] / np.linalg.norm(before), rel=1e-9)


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        ({"cell": "rnn", "gain": 50.0}, 0.8, 1.0),
        ({"cell": "rnn", "gain": 0.0, "input_gain": 0.0}, 0.0, 0.0),
        ({"cell": "rnn", "activation": "identity", "gain": 50.0, "seq_len": 5}, 0.0, 0.0),
        ({"cell": "rnn", "activation": "relu"}, 0.1, 0.9),
        ({"cell": "lstm", "forget_bias": 9.0}, 0.25, 0.3),
        ({"cell": "lru"}, 0.0, 0.0),
    ],
)
def test_saturation(settings, low, high):
    (step,) = train(E.replace(**{"hidden_size": 40, **settings}), steps=1)
    assert low <= step.saturation[0] <= high


def test_batches_are_fresh_and_each_from_a_stream_of_its_own():
    first, again, second = read_batch(E, 1), read_batch(E.replace(gain=2.0), 1), read_batch(E, 2)
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != second[0]).any() and (read_batch(E.replace(seed=1), 1)[0] != first[0]).any()
    assert held_out(E)[0].shape[1] >= 64
    seen = {x.tobytes() for i in range(1, 60) for x in np.moveaxis(read_batch(E, i)[0], 1, 0)}
    assert not seen & {x.tobytes() for x in np.moveaxis(held_out(E)[0], 1, 0)}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"task": "adding"}, 1 / 6),
        ({"task": "copy", "loss_at": "every", "seq_len": 60}, 60 * 10 * math.log(8) / (40 + 20)),
        ({"task": "copy", "seq_len": 60}, math.log(8)),
        ({"task": "text", "text": "abcabd"}, math.log(4)),
        ({"task": "temporal_order"}, math.log(4)),
        ({"task": "noise", "loss_at": "every"}, 20.0),
        ({"task": "sine"}, 0.5),
        ({"task": "adding", "loss_at": "every"}, math.nan),
    ],
)
def test_the_known_baselines(settings, expected):
    assert baseline(E.replace(**settings)) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("task", "answer"), [("adding", 1.0), ("noise", 0.0), ("sine", 0.0), ("stocks", 0.0)])
def test_a_baseline_is_what_that_answer_costs(task, answer):
    e = E.replace(task=task, batch_size=1024, seq_len=50)
    targets = TASKS[task].draw(np.random.default_rng(0), e.task_request).targets[-1]
    assert float(np.mean((targets - answer) ** 2)) == pytest.approx(baseline(e), rel=0.1)


def test_who_names_blanks_and_guesses_the_rest_pays_the_baseline_of_copying():
    e = E.replace(task="copy", loss_at="every", seq_len=60)
    targets = TASKS["copy"].draw(np.random.default_rng(0), e.task_request).targets
    guess = np.where(targets == 8, 0.0, math.log(8))  # −log of probability 1, and of 1/8
    assert guess.sum() / e.batch_size == pytest.approx(baseline(e))


def test_a_lane_that_ends_leaves_the_other_running():
    e = all_presets()["saved-by-clipping"].experiment
    steps = list(train(twins(e), optimiser="sgd", learning_rate=0.01, steps=100, evaluate_every=50))
    assert len(steps) == 100
    assert np.isfinite([step.loss[0] for step in steps]).all() and np.isfinite([s.norm_before[0] for s in steps]).all()
    assert np.isfinite(steps[0].loss[1]) and steps[1].loss[1] == np.inf
    assert steps[0].endings == (None, None) and steps[1].endings == (None, Ending(2, 100, "loss"))
    assert [step.ended.tolist() for step in steps[:2]] == [[False, False], [False, True]]
    for name in ("loss", "norm_before", "update_size", "saturation", "log10_state_grad_norm"):
        assert np.isnan(getattr(steps[2], name)[1]).all()
    assert np.isfinite(steps[-1].eval_loss[0]) and np.isnan(steps[-1].eval_loss[1])
    alone = list(train(twins(e)[0], optimiser="sgd", learning_rate=0.01, steps=100))
    np.testing.assert_allclose([s.loss[0] for s in steps], [s.loss[0] for s in alone], rtol=1e-9)


@pytest.mark.parametrize(
    ("settings", "cause", "first", "last"),
    [
        ({"seq_len": 200}, "forward", 150, 160),  # the states grow by 10² a step, floats end at 10³⁰⁸
        ({"seq_len": 120}, "loss", 120, 120),  # a state of 10²⁴⁰, squared
        ({"seq_len": 200, "input_gain": 0.0}, "gradient", 40, 50),  # all states are zero, and still ∂L/∂h grows
    ],
)
def test_the_cause_of_an_end(settings, cause, first, last):
    e = explorer.Experiment(activation="identity", init="identity", gain=100.0, task="adding", bias_init="zero")
    (step,) = train(e.replace(**settings), steps=3)
    assert step.endings[0].cause == cause
    assert step.endings[0].iteration == 1
    assert first <= step.endings[0].step <= last


def test_training_stops_where_no_lane_is_left():
    e = explorer.Experiment(activation="relu", gain=50.0, seq_len=2000)
    recorder = Recorder(train(e, steps=50))
    assert len(list(recorder)) == 1
    history = recorder.history()
    assert history.endings[0].cause == "forward"
    assert history.trace_at(1).overflow_step == history.endings[0].step
    assert history.weights_at(2)["weight_hh_l0"].any()


def test_weights_of_ones_own_are_where_it_starts():
    other = explorer.run(E.replace(seed=9)).weights
    training = train(twins(E), weights=other, steps=1)
    views = training.layout.views(training.checkpoint().weights)
    for name, w in other.items():
        np.testing.assert_array_equal(views[name], np.stack([w, w]))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: train([]), "experiments"),
        (lambda: train([E, E.replace(seq_len=30)]), "seq_len"),
        (lambda: train([E, E.replace(task="sine")]), "task"),
        (lambda: train([E] * 100_000), "experiments"),
        (lambda: train(E, weights={}), "weight_ih_l0"),
        (lambda: train(E, steps=0), "steps"),
        (lambda: train(E, learning_rte=1), "learning_rte"),
        (lambda: TrainingPlan(optimiser="adm"), "optimiser"),
        (lambda: TrainingPlan(learning_rate=float("nan")), "learning_rate"),
    ],
)
def test_what_breaks_a_rule_gets_a_sentence(call, named):
    with pytest.raises(ExplorerError) as caught:
        call()
    assert caught.value.errors[0].parameter == named


def test_the_plans_errors_speak_of_the_plan_and_come_at_once():
    with pytest.raises(ExplorerError) as caught:
        TrainingPlan(steps=0, momentum=2, rate=1)
    assert {error.parameter for error in caught.value.errors} == {"steps", "momentum", "rate"}
    assert "is not a parameter of a training plan" in str(caught.value)


@pytest.mark.parametrize("name", table(TrainingPlan))
def test_every_parameter_of_the_plan_has_words(name):
    assert say("label", name)
    assert len(say("help", name)) > 10


def test_momentum_is_idle_elsewhere():
    assert TrainingPlan().without_effect == {"momentum"}
    assert not TrainingPlan(optimiser="momentum").without_effect


def test_the_other_library_trains_to_the_same_numbers():
    pytest.importorskip("torch")
    ours = list(train(E, steps=5))
    theirs = list(train(E.replace(backend="torch", device="cpu"), steps=5, evaluate_every=5))
    np.testing.assert_allclose([s.loss[0] for s in theirs], [s.loss[0] for s in ours], rtol=1e-9)


def test_an_lstm_with_an_open_gate_learns_to_add_and_a_far_tanh_network_does_not():
    """Small and quick; the presets show it at T = 30 over 3,000 steps and at T = 100."""
    e = explorer.Experiment(cell="lstm", forget_bias=1.0, task="adding", seq_len=10, hidden_size=12, clip="norm")
    solved = list(train(e, learning_rate=0.02, steps=500, evaluate_every=500))[-1].eval_loss[0]
    assert solved < 0.02 < baseline(e) / 5
    far = explorer.Experiment(task="adding", seq_len=100, hidden_size=12, batch_size=8, clip="norm")
    stuck = list(train(far, steps=200, learning_rate=0.003, evaluate_every=200))[-1].eval_loss[0]
    assert stuck == pytest.approx(baseline(far), rel=0.3)
