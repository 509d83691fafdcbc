"""The twin that tries a threshold is the training with it; what it finds decides whether the threshold is offered."""

import numpy as np
import pytest

import explorer
from explorer.questions import threshold_twin
from explorer.questions.clipping_trial import clipping_trial
from explorer.questions.threshold_twin import Tried, limit, tried_suggestion, twin_iterations, work_of_an_iteration
from explorer.questions.training import History, Recorder, train, twins
from explorer.show.presets import all_presets
from explorer.show.words.trials import suggestion_sentence

SMALL = explorer.Experiment(task="adding", seq_len=12, hidden_size=4, batch_size=2, clip="none")
STRETCHING = all_presets()["saved-by-clipping"]


def recorded(experiments, *plan, **changes):
    recorder = Recorder(train(experiments, *plan, **changes))
    for _ in recorder:
        pass
    return recorder.history()


def trial_of(history, lane=0):
    e = history.experiments[lane]
    numbers = (getattr(history, name)[:, lane] for name in ("norm_before", "factor", "cosine"))
    return clipping_trial(e.clip, e.clip_threshold, *numbers)


@pytest.fixture(scope="module")
def history():
    return recorded(SMALL, steps=60, evaluate_every=20)


@pytest.fixture(scope="module")
def saved():
    return recorded(STRETCHING.experiment, STRETCHING.training)


def test_the_twin_is_the_training_with_this_threshold(history):
    tried = tried_suggestion(history, 2.0)
    alone = recorded(SMALL.replace(clip="norm", clip_threshold=2.0), steps=60)
    losses = alone.loss[:, 0]
    assert (tried.iterations, tried.span) == (60, 6)
    assert (tried.first, tried.last) == (losses[:6].mean(), losses[-6:].mean())
    assert tried.own == history.loss[-6:, 0].mean()
    assert tried.largest_norm == alone.norm_before.max()
    assert tried.clipped == (alone.norm_before > 2.0).sum() > 0


def test_it_starts_where_the_lane_started_also_from_weights_of_ones_own():
    weights = {name: 0.5 * w for name, w in explorer.run(SMALL.replace(seed=3)).weights.items()}
    lanes = twins(SMALL)
    recorder = Recorder(train(lanes, steps=30, weights=weights))
    for _ in recorder:
        pass
    tried = tried_suggestion(recorder.history(), 1e9, lane=1)
    assert tried.last == pytest.approx(tried.own, rel=1e-12)  # a threshold that clips nothing changes nothing


def test_a_suggestion_that_holds_is_offered_with_what_the_twin_did(history):
    trial = trial_of(history)
    tried = tried_suggestion(history, trial.suggestion.threshold)
    said = suggestion_sentence(trial, tried)
    assert tried.verdict == "held"
    assert said.startswith(f"Suggested threshold: {trial.suggestion.threshold:.2f}")
    assert "A twin tried it for 60 iterations from the start: the loss went from" in said
    assert f"and {tried.clipped} of the 60 steps were clipped." in said
    assert "untried" not in said


def test_what_was_suggested_once_after_a_training_that_clipping_held_alive_does_not_hold(saved):
    """Taken, it led the loss beyond 1e100; now there is no suggestion, and a twin would have found out."""
    assert trial_of(saved).suggestion == explorer.questions.clipping_trial.Suggestion(None, "braked", 0)
    for threshold, verdict in ((670.0, "worse"), (70_000.0, "not_finite")):
        tried = tried_suggestion(saved, threshold)
        assert tried.verdict == verdict
        assert tried.last > 1e100 or not np.isfinite(tried.last)


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        (Tried(5.9, "worse", 200, 20, 0.17, 4.1, 0.16, 7e5, 3), "its loss went from 0.170 to 4.10, where that of this"),
        (Tried(5.9, "worse", 200, 20, 0.17, 4.1, float("nan"), 7e5, 3), "went from 0.170 to 4.10 (means over 20"),
        (
            Tried(5.9, "not_finite", 2, 20, float("inf"), float("inf"), 0.1, 7e5, 3),
            "it ended at iteration 2, no longer",
        ),
        (Tried(5e12, "beyond"), "The recorded norms ask for 5 × 10¹², and a threshold lies between 1 × 10⁻⁹ and"),
    ],
)
def test_a_suggestion_that_does_not_hold_is_not_made(history, tried, said):
    sentence = suggestion_sentence(trial_of(history), tried).replace("\u00a0", " ")
    assert sentence.startswith("No threshold is suggested.")
    assert said in sentence
    assert "nan" not in sentence and "Suggested" not in sentence


def test_a_threshold_that_no_experiment_takes_and_work_that_takes_too_long_are_not_tried(history, monkeypatch):
    assert tried_suggestion(history, 5e12) == Tried(5e12, "beyond")
    monkeypatch.setitem(threshold_twin.LIMITS, "most_work", (1e6, ""))
    tried = tried_suggestion(history, 2.0)
    assert tried == Tried(2.0, "too_long")
    assert "It is untried: 20 iterations of a twin would take too long" in suggestion_sentence(trial_of(history), tried)


def test_the_twin_is_bounded_in_iterations_and_in_work(history, saved):
    assert twin_iterations(history) == 60
    assert twin_iterations(saved) == 100
    for settings in ({}, {"seq_len": 1000}, {"hidden_size": 256}, {"cell": "lstm", "num_layers": 3}):
        e = SMALL.replace(**{"hidden_size": 32, "batch_size": 16, "seq_len": 100, **settings})
        long = recorded(e, steps=1)
        rows = {name: np.repeat(getattr(long, name), 5000, axis=0) for name in ("loss", "norm_before")}
        n = twin_iterations(History(**{**vars(long), **rows}))
        assert n <= limit("most_iterations")
        assert n * work_of_an_iteration(e, long.layout.size) <= limit("most_work")
        assert n == 200 or (n + 1) * work_of_an_iteration(e, long.layout.size) > limit("most_work")


def test_progress_is_told_and_the_attempt_can_be_left(history):
    shares = []
    tried_suggestion(history, 2.0, progress=shares.append)
    assert len(shares) == 60
    assert shares == sorted(shares) and shares[-1] == 1.0
    attempt = tried_suggestion.steps(history, 2.0)
    next(attempt)
    attempt.close()


def test_where_each_step_has_a_loss_it_is_told_for_each_step():
    e = SMALL.replace(loss_at="every", task="text", seq_len=10)
    whole = recorded(e, steps=25)
    tried = tried_suggestion(whole, 1e9)
    assert tried.own == pytest.approx(whole.loss[-5:, 0].mean() / 10)
