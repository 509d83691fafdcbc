"""Clipping on trial: what a threshold did to the steps of a training, read from the recorded norms.

"Is clipping engaging? How often? Is my threshold a safety net or a brake?"

Where to put a threshold: Pascanu, Mikolov & Bengio 2013, section 3.2, use the average norm over many updates;
Seetharaman, Wichern, Pardo & Le Roux 2020 (AutoClip) use a percentile of all norms so far. The suggestion here is the
90th percentile of the healthy norms: the usual step passes unchanged, and only unusually large ones are clipped. Norms
that were met under a brake give none: they say nothing about the way that the weights would take without it. Whether a
suggestion holds is not known from norms; `explorer.questions.threshold_twin` tries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.model.clipping import EPSILON
from explorer.questions.thresholds import threshold as diagnosis_threshold

LIMITS: Mapping[str, tuple[float, str]] = {
    "limiter_share": (
        0.25,
        "where more than one step in four is clipped, the threshold and not the rate sets the pace",
    ),
    "healthy_percentile": (90.0, "nine steps in ten pass as they are: AutoClip's percentile, set for a safety net"),
    "least_steps": (20.0, "a 90th percentile of fewer steps rests on one or two of them"),
}
"""Name → (limit of a verdict or suggestion, the reason for it)."""


def limit(name: str) -> float:
    """The limit with this name in `LIMITS`."""
    return LIMITS[name][0]


@dataclass(frozen=True)
class Suggestion:
    """A threshold for the norm.

    Attributes:
        threshold: rounded up to two digits; None where the recorded norms give none.
        reason: ``p90``: the percentile of all recorded norms; ``p90_of_healthy``: of the healthy ones alone, as others
            are not finite or exploded; ``too_few`` healthy steps; ``braked``: the verdict is ``limiter``, and the
            percentile lies above the threshold that was the brake; ``entries``: clipping by value bounds single
            entries of the gradient, about which norms say nothing; ``as_if``: the trial is a `what_if`.
        left_out: number of steps that are not healthy: not finite, or over a thousand times the median.
    """

    threshold: float | None
    reason: str
    left_out: int


@dataclass(frozen=True)
class ClippingTrial:
    """What clipping did over the steps of one lane.

    Attributes:
        mode: ``none``, ``norm`` or ``value``.
        threshold: the bound on the norm, or on each entry.
        steps: number of recorded steps.
        not_finite: number of steps whose norm is not finite; all other numbers leave these out.
        clipped: number of clipped steps.
        share: clipped / (steps − not_finite); NaN where there is no finite norm.
        percentiles: 50, 90, 99 → the norm before clipping; NaN where there is no finite norm.
        multiplier: mean factor on the gradient over all finite steps: the remaining share of the learning rate on
            average, for an optimiser that does not rescale gradients itself (SGD, momentum).
        multiplier_when_clipped: the same over the clipped steps; 1 where there is none.
        cosine, least_cosine: mean and least cosine between the gradient before and after clipping, over the clipped
            steps: 1 for clipping by norm, less where clipping by value bends the direction; 1 without clipped steps.
        suggestion: a threshold for the norm, untried.
        verdict: ``without_effect``: no step was clipped. ``safety_net``: at most a quarter of the steps were
            (`LIMITS`). ``limiter``: more were. ``nothing_recorded``: there is no finite norm to judge.
    """

    mode: str
    threshold: float
    steps: int
    not_finite: int
    clipped: int
    share: float
    percentiles: Mapping[int, float]
    multiplier: float
    multiplier_when_clipped: float
    cosine: float
    least_cosine: float
    suggestion: Suggestion
    verdict: str


def clipping_trial(
    mode: str, threshold: float, norm_before: np.ndarray, factor: np.ndarray, cosine: np.ndarray
) -> ClippingTrial:
    """Judge the clipping of one lane by its recorded norms.

    Args:
        mode: ``none``, ``norm`` or ``value``.
        norm_before: (n,) norm of the gradient of all parameters before clipping.
        factor: (n,) norm after / norm before.
        cosine: (n,) between the gradient before and after clipping.
    """
    finite = np.isfinite(norm_before)
    norms, factors, cosines = norm_before[finite], factor[finite], cosine[finite]
    # Clipping by value may leave the norm unchanged to rounding; the cosine then shows that the gradient was clipped.
    clipped = (factors < 1.0) | (cosines < 1.0) if mode != "none" else np.zeros(len(norms), dtype=bool)
    share = float(clipped.mean()) if len(norms) else float("nan")
    return ClippingTrial(
        mode=mode,
        threshold=threshold,
        steps=len(norm_before),
        not_finite=int(len(norm_before) - len(norms)),
        clipped=int(clipped.sum()),
        share=share,
        percentiles={p: _percentile(norms, p) for p in (50, 90, 99)},
        multiplier=float(factors.mean()) if len(norms) else float("nan"),
        multiplier_when_clipped=float(factors[clipped].mean()) if clipped.any() else 1.0,
        cosine=float(cosines[clipped].mean()) if clipped.any() else 1.0,
        least_cosine=float(cosines[clipped].min()) if clipped.any() else 1.0,
        suggestion=_suggestion(mode, threshold, _verdict(share), norm_before),
        verdict=_verdict(share),
    )


def what_if(norm_before: np.ndarray, threshold: float) -> ClippingTrial:
    """Judge another threshold on the norm by the same recorded norms, (n,).

    The path of the weights is taken as unchanged. In a real training with another threshold it would change from the
    first clipped step on, and meet other gradients. So nothing is suggested here; the trial of the training itself may.
    """
    with np.errstate(invalid="ignore"):
        factor = np.minimum(1.0, threshold / (norm_before + EPSILON))
    trial = clipping_trial("norm", threshold, norm_before, factor, np.ones(len(norm_before)))
    return replace(trial, suggestion=Suggestion(None, "as_if", 0))


def _suggestion(mode: str, threshold: float, verdict: str, norm_before: np.ndarray) -> Suggestion:
    if mode == "value":
        return Suggestion(None, "entries", 0)
    found = suggested(norm_before)
    if verdict == "limiter" and found.threshold is not None and found.threshold > threshold:
        return Suggestion(None, "braked", found.left_out)
    return found


def suggested(norm_before: np.ndarray) -> Suggestion:
    """Suggest the 90th percentile of the healthy ones among norms (n,) as threshold; what they were met under is not
    known here."""
    finite = norm_before[np.isfinite(norm_before)]
    exploded_norm = 10.0 ** diagnosis_threshold("exploded_decades") * (np.median(finite) if len(finite) else 0.0)
    healthy = finite[finite <= exploded_norm]
    left_out = len(norm_before) - len(healthy)
    if len(healthy) < limit("least_steps") or not healthy.any():
        return Suggestion(None, "too_few", left_out)
    percentile = _percentile(healthy, limit("healthy_percentile"))
    return Suggestion(_rounded_up(percentile), "p90_of_healthy" if left_out else "p90", left_out)


def _percentile(values: np.ndarray, percent: float) -> float:
    return float(np.percentile(values, percent)) if len(values) else float("nan")


def _verdict(share: float) -> str:
    if np.isnan(share):
        return "nothing_recorded"
    if share == 0.0:
        return "without_effect"
    return "limiter" if share > limit("limiter_share") else "safety_net"


def _rounded_up(value: float) -> float:
    """Round up to two digits: short enough for a control, and not below the percentile."""
    if value <= 0.0:
        return value
    unit = 10.0 ** (np.floor(np.log10(value)) - 1)
    return float(f"{np.ceil(round(value / unit, 9)) * unit:.2g}")
