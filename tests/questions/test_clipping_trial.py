"""The clipping trial, in cases computed by hand and compared with clipping itself."""

import numpy as np
import pytest

import explorer
from explorer.model.clipping import EPSILON, clip_gradients
from explorer.questions.clipping_trial import clipping_trial, limit, suggested, what_if
from explorer.show.words.trials import sentences, suggestion_sentence, verdict_sentence

NORMS = np.array([1.0] * 60 + [2.0] * 30 + [8.0] * 10)  # P50 1, P90 2.6 by interpolation, P99 8


def test_shares_percentiles_and_the_mean_factor_of_a_case_worked_out_by_hand():
    trial = what_if(NORMS, 4.0)
    assert (trial.steps, trial.not_finite, trial.clipped, trial.share) == (100, 0, 10, 0.1)
    assert trial.percentiles == {50: 1.0, 90: pytest.approx(2.6), 99: 8.0}
    assert trial.multiplier == pytest.approx(0.9 + 0.1 * 0.5)
    assert trial.multiplier_when_clipped == pytest.approx(0.5)
    assert trial.cosine == trial.least_cosine == 1.0
    assert trial.verdict == "safety_net"


@pytest.mark.parametrize(
    ("threshold", "verdict"), [(100.0, "without_effect"), (4.0, "safety_net"), (1.5, "limiter"), (0.01, "limiter")]
)
def test_the_verdict_follows_the_share(threshold, verdict):
    assert what_if(NORMS, threshold).verdict == verdict


def test_a_quarter_of_the_steps_is_still_a_safety_net():
    norms = np.array([1.0] * 75 + [10.0] * 25)
    assert what_if(norms, 5.0).share == limit("limiter_share")
    assert what_if(norms, 5.0).verdict == "safety_net"
    assert what_if(np.append(norms, 10.0), 5.0).verdict == "limiter"


def test_norms_that_are_not_finite_are_counted_apart_and_change_nothing_else():
    spoilt = np.concatenate([NORMS, [np.inf, np.nan]])
    clean, trial = what_if(NORMS, 4.0), what_if(spoilt, 4.0)
    assert trial.not_finite == 2
    assert trial.steps == 102
    assert (trial.share, trial.percentiles, trial.multiplier) == (clean.share, clean.percentiles, clean.multiplier)


def test_without_a_finite_norm_there_is_no_verdict():
    trial = what_if(np.array([np.nan, np.inf]), 1.0)
    assert trial.verdict == "nothing_recorded"
    assert np.isnan([trial.share, trial.multiplier, *trial.percentiles.values()]).all()
    assert trial.suggestion.threshold is None


def test_without_clipping_nothing_is_clipped():
    trial = clipping_trial("none", 1.0, NORMS, np.ones(100), np.ones(100))
    assert (trial.clipped, trial.multiplier, trial.verdict) == (0, 1.0, "without_effect")


def test_the_what_if_is_what_clipping_does_to_gradients_of_these_norms():
    rng = np.random.default_rng(0)
    gradients = [{"w": rng.standard_normal((3, 4)) * scale} for scale in np.geomspace(1e-3, 1e3, 25)]
    reports = [clip_gradients(g, "norm", 2.0)[1] for g in gradients]
    trial = what_if(np.array([r.norm_before for r in reports]), 2.0)
    assert trial.clipped == sum(r.engaged for r in reports)
    assert trial.multiplier == pytest.approx(np.mean([r.factor for r in reports]), rel=1e-12)


def test_clipping_by_value_bends_the_direction_and_asks_for_no_norm():
    gradients = [{"w": np.array([1.0, 10.0])}, {"w": np.array([0.5, 0.5])}]
    reports = [clip_gradients(g, "value", 1.0)[1] for g in gradients]
    norm, factor, cosine = (np.array([getattr(r, n) for r in reports]) for n in ("norm_before", "factor", "cosine"))
    trial = clipping_trial("value", 1.0, norm, factor, cosine)
    assert (trial.clipped, trial.share) == (1, 0.5)
    assert trial.cosine == pytest.approx(11 / np.sqrt(101 * 2))
    assert trial.suggestion == explorer.questions.clipping_trial.Suggestion(None, "entries", 0)


def test_the_suggestion_is_the_ninetieth_percentile_rounded_up():
    found = suggested(NORMS)
    assert (found.threshold, found.reason, found.left_out) == (2.6, "p90", 0)
    assert what_if(NORMS, found.threshold).share <= 0.1


@pytest.mark.parametrize("scale", [1e-12, 3.7e-5, 1.0, 17.3, 4e8])
def test_the_suggestion_is_a_safety_net_at_any_scale(scale):
    norms = scale * np.random.default_rng(1).lognormal(size=400)
    found = suggested(norms).threshold
    assert np.percentile(norms, 90) <= found <= 1.1 * np.percentile(norms, 90)
    assert what_if(norms, found + EPSILON).verdict == "safety_net"


def test_what_exploded_is_not_healthy():
    found = suggested(np.concatenate([NORMS, [1e9] * 20, [np.inf]]))
    assert (found.threshold, found.reason, found.left_out) == (2.6, "p90_of_healthy", 21)


def clipped_at(threshold, norms=NORMS):
    """The trial of a training that met these norms while it was clipped at `threshold`."""
    factor = np.minimum(1.0, threshold / (norms + EPSILON))
    return clipping_trial("norm", threshold, norms, factor, np.ones(len(norms)))


@pytest.mark.parametrize(
    ("threshold", "verdict", "suggested_one"),
    [(0.05, "limiter", None), (1.5, "limiter", None), (4.0, "safety_net", 2.6), (100.0, "without_effect", 2.6)],
)
def test_norms_that_were_met_under_a_brake_suggest_nothing(threshold, verdict, suggested_one):
    trial = clipped_at(threshold)
    assert (trial.verdict, trial.suggestion.threshold) == (verdict, suggested_one)
    said = suggestion_sentence(trial)
    if suggested_one is None:
        assert trial.suggestion.reason == "braked"
        assert said.startswith("No threshold is suggested. More than a quarter of the steps were clipped at")
    else:
        assert said.startswith("Suggested threshold: 2.6")
        assert "It is untried" in said


def test_a_brake_that_lay_above_the_suggestion_hides_nothing():
    """Three steps in ten exploded; the others were healthy and passed."""
    norms = np.concatenate([NORMS[:70], np.full(30, 1e7)])
    trial = clipped_at(10.0, norms)
    assert trial.verdict == "limiter"
    assert trial.suggestion.threshold <= 2.0


def test_a_what_if_suggests_nothing_as_its_norms_were_met_with_another_threshold():
    assert what_if(NORMS, 4.0).suggestion == explorer.questions.clipping_trial.Suggestion(None, "as_if", 0)
    assert "met with another threshold" in suggestion_sentence(what_if(NORMS, 4.0))


@pytest.mark.parametrize(("clipped", "said"), [(1, "1 of"), (999, "999 of"), (1000, "100 % of"), (500, "50 % of")])
def test_a_share_is_not_rounded_to_none_or_all(clipped, said):
    norms = np.concatenate([np.full(clipped, 3.0), np.full(1000 - clipped, 1.0)])
    assert f": {said} 1,000 steps were clipped" in verdict_sentence(clipped_at(2.0, norms)).replace("\u00a0", " ")


@pytest.mark.parametrize("norms", [np.ones(19), np.zeros(40), np.full(40, np.nan)])
def test_from_too_little_nothing_is_suggested(norms):
    assert suggested(norms).threshold is None
    assert suggested(norms).reason == "too_few"


@pytest.mark.parametrize("mode", ["none", "norm", "value"])
@pytest.mark.parametrize("norms", [NORMS, np.append(NORMS, np.inf), np.array([np.nan]), np.ones(3)])
def test_every_trial_has_its_sentences(mode, norms):
    factor = np.minimum(1.0, 1.5 / norms) if mode != "none" else np.ones(len(norms))
    said = sentences(clipping_trial(mode, 1.5, norms, factor, np.minimum(1.0, factor + 0.1)))
    assert said[0]
    assert "nan" not in " ".join(said)
