"""Verdicts as sentences: what was found, and what to try next."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.questions.diagnosis import Finding
from explorer.show.words import say
from explorer.show.words.numbers import decades, growth, part_left, percent, short


def sentence(finding: Finding) -> str:
    """One finding as one sentence."""
    evidence = dict(finding.evidence)
    key = finding.code
    match finding.code:
        case "vanishing":
            key = "vanishing_zero" if "zero_before" in evidence else key
            evidence["part"] = "" if "zero_before" in evidence else part_left(float(evidence["decades"]))
        case "exploding":
            rose_to_the_front = float(evidence["peak"]) - float(evidence["decades"]) < 1
            key = key if rose_to_the_front else "exploding_peak"
            evidence["growth"] = growth(float(evidence["peak"]))
        case "saturated":
            key = "saturated_units" if evidence["where"] == "units" else f"saturated_{evidence['side']}"
        case "clipped":
            key = f"clipped_{evidence['mode']}"
    return say("verdict", key, **{name: _value_text(name, value) for name, value in evidence.items()})


def _value_text(name: str, value: object) -> object:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else value
    return {"decades": decades, "share": percent, "below": _edge_text, "above": _edge_text}.get(name, short)(value)


def _edge_text(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def headline(findings: Sequence[Finding]) -> str:
    """The gravest finding as a sentence; `findings` are in the order of `diagnose`."""
    return sentence(findings[0])


def what_next(findings: Sequence[Finding], experiment: Experiment) -> str:
    """What to try next, as a sentence."""
    codes = [finding.code for finding in findings]
    if "exploding" in codes and "clipped" in codes:
        return say("remedy", "exploding_clipped")
    if "zero_before" in findings[0].evidence:
        return say("remedy", "vanishing_zero")
    return say("remedy", _vanishing_remedy(experiment) if codes[0] == "vanishing" else codes[0])


def _vanishing_remedy(e: Experiment) -> str:
    """The key of the remedy: which parameter moves a vanishing gradient here."""
    kind = CELLS[e.cell].kind
    for gate in kind.bias_of.values():
        return f"vanishing_{gate}" if kind.keeps[gate] > 0 else f"vanishing_{gate}_low"
    if "init" in e.without_effect:
        return "vanishing_drawn"
    if e.activation == "sigmoid":
        return "vanishing_squash"
    return "vanishing_gain" if e.init == "orthogonal" else "vanishing_matrix"


def clipping_sentence(trace: Trace) -> str:
    """What clipping does to this run's update, or would do if it were on."""
    clip = trace.clip
    numbers = {"before": short(clip.norm_before), "after": short(clip.norm_after), "factor": short(clip.factor)}
    numbers |= {"threshold": short(clip.threshold), "cosine": short(clip.cosine)}
    if not math.isfinite(clip.norm_before):
        return say("clip_sentence", "not_finite")
    if clip.mode == "none":
        if clip.norm_before <= clip.threshold:
            return say("clip_sentence", "off_idle", **numbers)
        return say("clip_sentence", "off", **{**numbers, "factor": short(clip.threshold / clip.norm_before)})
    return say("clip_sentence", clip.mode if clip.engaged else "idle", **numbers)
