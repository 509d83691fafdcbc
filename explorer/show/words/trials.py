"""Clipping on trial, as sentences."""

from __future__ import annotations

from explorer.questions.clipping_trial import ClippingTrial, limit
from explorer.show.words import say
from explorer.show.words.numbers import percent, short

ADAPTIVE = {"rmsprop": "RMSprop", "adam": "Adam"}


def sentences(trial: ClippingTrial, optimiser: str = "sgd") -> list[str]:
    """The verdict first, then the numbers behind it, each a sentence."""
    said = [verdict_sentence(trial)]
    if trial.verdict != "nothing_recorded":
        p50, p90, p99 = (short(trial.percentiles[p]) for p in (50, 90, 99))
        said.append(say("trial", "percentiles", p50=p50, p90=p90, p99=p99))
    if trial.not_finite:
        said.append(say("trial", "not_finite", count=f"{trial.not_finite:,}", steps=f"{trial.steps:,}"))
    if trial.clipped:
        kept, clipped = percent(trial.multiplier), percent(trial.multiplier_when_clipped)
        said.append(say("trial", "multiplier", multiplier=kept, clipped=clipped))
        if optimiser in ADAPTIVE:
            said.append(say("trial", "adaptive", optimiser=ADAPTIVE[optimiser]))
        numbers = {"cosine": short(trial.cosine), "least": short(trial.least_cosine)}
        said.append(say("trial", f"direction_{trial.mode}", **numbers))
    return said


def brief(trial: ClippingTrial) -> list[str]:
    """The verdict, and what is left of a step."""
    if not trial.clipped:
        return [verdict_sentence(trial)]
    kept, clipped = percent(trial.multiplier), percent(trial.multiplier_when_clipped)
    return [verdict_sentence(trial), say("trial", "multiplier", multiplier=kept, clipped=clipped)]


def verdict_sentence(trial: ClippingTrial) -> str:
    """Safety net, step-size limiter, or without effect."""
    key = "off" if trial.mode == "none" and trial.verdict == "without_effect" else trial.verdict
    finite = f"{trial.steps - trial.not_finite:,}"
    share = percent(trial.share) if trial.share >= 0.01 else f"{trial.clipped:,}"
    return say("trial_verdict", key, steps=finite, threshold=short(trial.threshold), share=share)


def suggestion_sentence(trial: ClippingTrial) -> str:
    """The suggested threshold and its reason; and what it leaves out, where these norms were met under a brake."""
    found = trial.suggestion
    reason = say("trial_reason", found.reason, left_out=f"{found.left_out:,}", least=f"{limit('least_steps'):.0f}")
    if found.threshold is None:
        return say("trial", "no_suggestion", reason=reason)
    said = say("trial", "suggestion", threshold=short(found.threshold), reason=reason)
    if trial.verdict == "limiter" and found.threshold > trial.threshold:
        said += " " + say("trial", "braked", multiplier=percent(trial.multiplier))
    return said
