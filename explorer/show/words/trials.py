"""Sentences about a trial of clipping."""

from __future__ import annotations

from explorer.questions.clipping_trial import ClippingTrial, limit
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
    share = percent(trial.share) if trial.share >= 0.01 else f"{trial.clipped:,}"
    return say("trial_verdict", key, steps=finite, threshold=short(trial.threshold), share=share)


def suggestion_sentence(trial: ClippingTrial) -> str:
    """The suggested threshold and its reason, with a warning if clipping limited the recorded steps."""
    suggestion = trial.suggestion
    reason = say(
        "trial_reason", suggestion.reason, left_out=f"{suggestion.left_out:,}", least=f"{limit('least_steps'):.0f}"
    )
    if suggestion.threshold is None:
        return say("trial", "no_suggestion", reason=reason)
    text = say("trial", "suggestion", threshold=short(suggestion.threshold), reason=reason)
    if trial.verdict == "limiter" and suggestion.threshold > trial.threshold:
        text += " " + say("trial", "braked", multiplier=percent(trial.multiplier))
    return text
