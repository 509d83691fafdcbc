"""Findings about a trace, as codes with evidence; `explorer.show.words` makes sentences of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.engine.trace import Trace

Evidence = Mapping[str, float | int | str | bool]

THRESHOLDS: Mapping[str, tuple[float, str]] = {
    "vanished_decades": (-3.0, "a thousandth of the gradient drowns in that of the last steps: the horizon's factor"),
    "exploded_decades": (3.0, "a thousandfold step leaves the region where the loss looks linear: the same factor"),
    "horizon_decades": (3.0, "the design's definition: steps back until the norm has changed by 10³"),
    "near_bound": (0.05, "within 5 % of a squashing function's range its slope is below a fifth of the largest"),
    "saturated_share": (0.5, "more than half of the values: the typical unit no longer passes a gradient"),
    "dead_share": (0.1, "one unit in ten that is 0 at every step of every sequence takes no part"),
}
"""Name → (threshold of a verdict, the reason for it)."""


def threshold(name: str) -> float:
    """The threshold with this name in `THRESHOLDS`."""
    return THRESHOLDS[name][0]


@dataclass(frozen=True)
class Finding:
    """One verdict.

    Attributes:
        code: ``vanishing``, ``exploding``, ``healthy``, ``saturated``, ``dead``, ``overflowed`` or ``clipped``.
        evidence: the numbers behind it; decades are log10.
    """

    code: str
    evidence: Evidence


@dataclass(frozen=True)
class Flow:
    """How the gradient of one state of one layer changes along the sequence.

    Attributes:
        last, first: log10 of the norm at step T and at step 1.
        decay: first − last, in decades; −inf where an exact zero was reached, NaN where there is no gradient.
        horizon: steps back from the end until the norm has changed by 10³, or None if it never does.
        zero_before: the last step (1-based) at and before which the gradient is exactly zero, or 0.
        peak: the largest rise above the last step's level on the way back, in decades.
    """

    last: float
    first: float
    decay: float
    horizon: int | None
    zero_before: int
    peak: float


def gradient_flow(trace: Trace, state: str = "h", layer: int = -1) -> Flow:
    """How the norm of ∂L/∂state of one layer, by default the top one, changes along the sequence."""
    norms = trace.log10_state_grad_norm[state][layer, 1:]
    last, first = float(norms[-1]), float(norms[0])
    with np.errstate(invalid="ignore"):
        change = norms - last
    beyond_horizon = np.flatnonzero(np.abs(change[::-1]) >= threshold("horizon_decades"))
    zeros = np.flatnonzero(np.isneginf(norms))
    return Flow(
        last,
        first,
        float(change[0]),
        int(beyond_horizon[0]) if len(beyond_horizon) else None,
        int(zeros[-1]) + 1 if len(zeros) else 0,
        float(np.max(change)),
    )


def diagnose(trace: Trace) -> list[Finding]:
    """All findings, the gravest first; ``healthy`` excludes ``overflowed``, ``exploding`` and ``vanishing``.

    Returns:
        findings with evidence: ``decades``, ``steps``, ``peak``, ``horizon`` (absent if the norm never changes by
        10³), ``zero_before`` (absent if no norm is exactly zero), ``at_step``, ``share``, ``where``, ``side``,
        ``below``, ``above``, ``factor``, ``cosine``, ``before``, ``after``, each where it applies.
    """
    return [finding for question in QUESTIONS for finding in question(trace)]


def _overflowed(trace: Trace) -> Iterator[Finding]:
    if trace.overflow_step is not None:
        yield Finding("overflowed", {"at_step": trace.overflow_step, "steps": trace.experiment.seq_len})


def _flow(trace: Trace) -> Iterator[Finding]:
    if trace.overflow_step is not None:
        return
    flow, steps = gradient_flow(trace), trace.experiment.seq_len
    evidence: dict[str, float | int | str | bool] = {"decades": flow.decay, "steps": steps, "peak": flow.peak}
    if flow.horizon is not None:
        evidence["horizon"] = flow.horizon
    if flow.zero_before:
        evidence["zero_before"] = flow.zero_before
    exploding = flow.peak >= threshold("exploded_decades")
    vanishing = flow.decay <= threshold("vanished_decades") or np.isneginf(flow.last)
    if exploding:
        yield Finding("exploding", evidence)
    if vanishing:
        yield Finding("vanishing", evidence)
    if not exploding and not vanishing:
        yield Finding("healthy", evidence)


def _dead(trace: Trace) -> Iterator[Finding]:
    if trace.experiment.new_cell().squashing.get("h") != "relu":
        return
    steps = _steps_before_overflow(trace.states["h"][:, 1:], trace)
    dead = (steps == 0).all(axis=(1, 2))
    share = float(dead.mean())
    if share >= threshold("dead_share"):
        yield Finding("dead", {"share": share, "units": int(dead.sum()), "of": int(dead.size)})


def _saturated(trace: Trace) -> Iterator[Finding]:
    """For the units and each gate: the share of all values that lie close to an end of their range."""
    bounds = trace.experiment.new_cell().bounds
    series = {"units": ("h", trace.states["h"][:, 1:])} | {name: (name, g) for name, g in trace.gates.items()}
    for where, (name, values) in series.items():
        low, high = bounds[name]
        if not np.isfinite(high - low):
            continue
        margin, values = threshold("near_bound") * (high - low), _steps_before_overflow(values, trace)
        shares = {"low": float((values < low + margin).mean()), "high": float((values > high - margin).mean())}
        share = sum(shares.values())
        if share >= threshold("saturated_share"):
            side = "both" if min(shares.values()) > 0.2 * share else max(shares, key=lambda s: shares[s])
            edges = {"below": low + margin, "above": high - margin}
            yield Finding("saturated", {"where": where, "share": share, "side": side, **edges})


def _clipped(trace: Trace) -> Iterator[Finding]:
    clip = trace.clip
    if clip.engaged:
        evidence: Evidence = {
            "mode": clip.mode,
            "threshold": clip.threshold,
            "factor": clip.factor,
            "cosine": clip.cosine,
        }
        yield Finding("clipped", {**evidence, "before": clip.norm_before, "after": clip.norm_after})


def _steps_before_overflow(values: np.ndarray, trace: Trace) -> np.ndarray:
    """The steps of (L, T, B, H) before an overflow, at least one."""
    return values if trace.overflow_step is None else values[:, : max(1, trace.overflow_step - 1)]


QUESTIONS: tuple[Callable[[Trace], Iterator[Finding]], ...] = (_overflowed, _flow, _dead, _saturated, _clipped)
