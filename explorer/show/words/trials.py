"""Sentences about a trial of clipping."""

from __future__ import annotations

import math

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions import threshold_twin
from explorer.questions.clipping_trial import ClippingTrial, limit
from explorer.questions.threshold_twin import Tried
from explorer.show.words import say
from explorer.show.words.numbers import percent, short

ADAPTIVE = {"rmsprop": "RMSprop", "adam": "Adam"}


def sentences(trial: ClippingTrial, optimiser: str = "sgd") -> list[str]:
    """The verdict first, then the numbers behind it, each a sentence."""
    texts = [verdict_sentence(trial)]
    if trial.verdict != "nothing_recorded":
        p50, p90, p99 = (short(trial.percentiles[p]) for p in (50, 90, 99))
        texts.append(say("trial", "percentiles", p50=p50, p90=p90, p99=p99))
    if trial.not_finite:
        texts.append(say("trial", "not_finite", count=f"{trial.not_finite:,}", steps=f"{trial.steps:,}"))
    if trial.clipped:
        multiplier, clipped = percent(trial.multiplier), percent(trial.multiplier_when_clipped)
        texts.append(say("trial", "multiplier", multiplier=multiplier, clipped=clipped))
        if optimiser in ADAPTIVE:
            texts.append(say("trial", "adaptive", optimiser=ADAPTIVE[optimiser]))
        numbers = {"cosine": short(trial.cosine), "least": short(trial.least_cosine)}
        texts.append(say("trial", f"direction_{trial.mode}", **numbers))
    return texts


def brief(trial: ClippingTrial) -> list[str]:
    """The verdict and, if steps were clipped, what is left of a step."""
    if not trial.clipped:
        return [verdict_sentence(trial)]
    multiplier, clipped = percent(trial.multiplier), percent(trial.multiplier_when_clipped)
    return [verdict_sentence(trial), say("trial", "multiplier", multiplier=multiplier, clipped=clipped)]


def verdict_sentence(trial: ClippingTrial) -> str:
    """The verdict: a safety net, a step-size limiter, or without effect."""
    key = "off" if trial.mode == "none" and trial.verdict == "without_effect" else trial.verdict
    finite = f"{trial.steps - trial.not_finite:,}"
    exact = trial.clipped == trial.steps - trial.not_finite or 0.01 <= trial.share < 0.995
    share = percent(trial.share) if exact else f"{trial.clipped:,}"  # 999 of 1,000 steps are not 100 %
    return say("trial_verdict", key, steps=finite, threshold=short(trial.threshold), share=share)


def suggestion_sentence(trial: ClippingTrial, tried: Tried | None = None) -> str:
    """The suggested threshold, its reason and what a twin did with it; or why there is none.

    Args:
        tried: what the twin did; without it the suggestion is called untried.
    """
    suggestion = trial.suggestion
    numbers = {"left_out": f"{suggestion.left_out:,}", "least": f"{limit('least_steps'):.0f}"}
    reason = say("trial_reason", suggestion.reason, limit=short(trial.threshold), **numbers)
    if suggestion.threshold is None:
        return say("trial", "no_suggestion", reason=reason)
    if tried is not None and tried.verdict not in ("held", "too_long"):
        return say("trial", "no_suggestion", reason=_twin_sentence(tried))
    text = say("trial", "suggestion", threshold=short(suggestion.threshold), reason=reason)
    return f"{text} {say('trial', 'untried') if tried is None else _twin_sentence(tried)}"


def _twin_sentence(tried: Tried) -> str:
    """What a twin did with the threshold, or why there was none."""
    bounds = table(Experiment)["clip_threshold"]
    key = "worse_alone" if tried.verdict == "worse" and math.isnan(tried.own) else tried.verdict
    losses = {name: short(getattr(tried, name)) for name in ("first", "last", "own")}
    counts = {name: f"{getattr(tried, name):,}" for name in ("iterations", "span", "clipped")}
    return say(
        "trial_twin",
        key,
        threshold=short(tried.threshold),
        norm=short(tried.largest_norm),
        least=f"{threshold_twin.limit('least_iterations'):.0f}",
        lower=short(bounds.lower or 0.0),
        upper=short(bounds.upper or 0.0),
        **losses,
        **counts,
    )
