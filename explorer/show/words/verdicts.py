"""Verdicts as sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import Evidence, Finding
from explorer.questions.gradient_flow import judged_flow
from explorer.show.words import say
from explorer.show.words.numbers import beside, cosine, decades, horizon, magnitude, part_left, percent, short, steps

FLOWS = ("exploding", "vanishing", "local", "healthy")  # one of them for each layer
OTHER_LAYERS = ("other layers",)


def sentence(finding: Finding) -> str:
    """One finding as one sentence."""
    return _sentence([finding])


def sentences(findings: Sequence[Finding]) -> list[str]:
    """All findings, in the order of `diagnose`: what is alike in several layers is one sentence."""
    first_flow = next((finding for finding in findings if finding.code in FLOWS), None)
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        other_layer = finding.code in FLOWS and finding is not first_flow
        groups.setdefault(OTHER_LAYERS if other_layer else _likeness(finding), []).append(finding)
    texts = [_other_layers(group) if key == OTHER_LAYERS else _sentence(group) for key, group in groups.items()]
    return [texts[0], *explanations(findings), *texts[1:]]


def explanations(findings: Sequence[Finding]) -> list[str]:
    """What the first finding needs beside it where there are several losses."""
    first, e = findings[0], findings[0].evidence
    if first.code == "local":
        return [say("verdict", "local_more", apart=steps(int(e["apart"])))]
    if first.code == "healthy" and {"horizon", "several"} <= e.keys():
        return [say("verdict", "healthy_more", horizon=steps(int(e["horizon"])))]
    return []


def headline(findings: Sequence[Finding]) -> str:
    """The gravest finding as a sentence; `findings` are in the order of `diagnose`."""
    return sentence(findings[0])


def _likeness(finding: Finding) -> tuple[str, ...]:
    """Findings of equal likeness differ in nothing but the layer and a share."""
    e = finding.evidence
    own = str(e["layer"]) if finding.code == "dead" else ""  # counts of units do not fit into one sentence
    return finding.code, own, str(e.get("where", "")), str(e.get("side", ""))


def _other_layers(flows: Sequence[Finding]) -> str:
    parts = [
        say(
            "verdict_other",
            finding.code,
            layer=int(finding.evidence["layer"]) + 1,
            decades=decades(float(finding.evidence.get("decades", 0.0))),
            growth=magnitude(float(finding.evidence.get("peak", 0.0))),
        )
        for finding in sorted(flows, key=lambda finding: finding.evidence["layer"])
    ]
    return say("verdict_other", "whole", layers=", ".join(parts))


def _sentence(alike: Sequence[Finding]) -> str:
    """One sentence about findings of the same kind in different layers; their order becomes that of the layers."""
    alike = sorted(alike, key=lambda finding: int(finding.evidence.get("layer", 0)))
    finding = alike[0]
    e = finding.evidence
    values: dict[str, object] = {name: _value_text(value) for name, value in e.items()}
    values["in_layer"] = _in_layers(alike)
    state = str(e.get("state", "h"))
    values["of_state"] = "" if state == "h" else say("verdict_part", "of_state", state=state)
    for name in ("steps", "units", "of", "at_step", "zero_before", "step"):
        if name in e:
            values[name] = f"{e[name]:,}"
    for name in ("back", "apart", "grown_after"):
        if name in e:
            values[name] = steps(int(e[name]))
    if "decades" in e:
        values |= {"decades": decades(float(e["decades"])), "part": part_left(float(e["decades"]))}
        values["end"] = magnitude(float(e["decades"]))
    if "peak" in e:
        values["growth"] = magnitude(float(e["peak"]))
    if finding.code == "local":
        values["share"] = far_share(float(e["far_decades"]))
    if finding.code == "saturated":
        values |= {"share": _shares(alike), "edge": _edge(e)}
    if finding.code == "clipped":
        values |= {"factor": beside(float(e["factor"]), 1), "cosine": cosine(float(e["cosine"]))}
    if finding.code == "dead":
        values["share"] = percent(float(e["share"]))
    return say("verdict", _key(finding), **values)


def _key(finding: Finding) -> str:
    """The key of the sentence about a finding."""
    code, e = finding.code, finding.evidence
    if code == "vanishing" and "zero_before" in e:
        if "back" not in e:
            return "vanishing_whole"
        return "vanishing_first" if e["zero_before"] == 1 else "vanishing_zero"
    if code == "exploding" and float(e["peak"]) - float(e["decades"]) >= 0.05:
        return "exploding_zero" if "zero_before" in e else "exploding_peak"
    if code == "healthy" and e["back"] == 0:
        return "healthy_alone"
    if code == "dead" and e["units"] == 1:
        return "dead_only" if e["of"] == 1 else "dead_one"
    if code == "saturated":
        if e["where"] == "units":
            return "saturated_units"
        return f"saturated_{e['side']}" if float(e["below"]) > 0 else "saturated_content"
    return f"clipped_{e['mode']}" if code == "clipped" else code


def _in_layers(alike: Sequence[Finding]) -> str:
    """Which layers, where there is more than one: " in layer 2", " in layers 1 and 2"; else nothing."""
    numbers = [str(int(f.evidence["layer"]) + 1) for f in alike if int(f.evidence.get("layers", 1)) > 1]
    if len(numbers) < 2:
        return say("verdict_part", "in_layer", layer=numbers[0]) if numbers else ""
    return say("verdict_part", "in_layers", layers=", ".join(numbers[:-1]), last=numbers[-1])


def _shares(alike: Sequence[Finding]) -> str:
    texts = [percent(float(finding.evidence["share"])) for finding in alike]
    *first, last = texts if len(set(texts)) > 1 else texts[:1]
    return say("verdict_part", "and", first=", ".join(first), last=last) if first else last


def _edge(e: Evidence) -> str:
    edges = {name: f"{float(e[name]):g}".replace("-", "−") for name in ("below", "above")}
    return say("verdict_part", f"edge_{e['side']}", **edges)


def far_share(far_decades: float) -> str:
    """The share of a gradient that comes from afar: "only 1 part in 9 × 10⁴", "exactly nothing"."""
    if far_decades == -math.inf:
        return say("number", "nothing")
    part = say("number", "part", part=magnitude(-far_decades))
    return say("verdict_part", "local_part", part=part)


def _value_text(value: object) -> object:
    if isinstance(value, float):
        return short(value)
    return f"{value:,}" if isinstance(value, int) else value


def memory(trace: Trace) -> str:
    """How many steps back the last loss is remembered; "none, it grows" where nothing is forgotten."""
    flow = judged_flow(trace)
    if flow.grown_after is not None:
        return say("number", "growing")
    if flow.from_step < 2:
        return say("number", "none")
    return horizon(flow.horizon, flow.from_step)


def loss_text(trace: Trace) -> str:
    """The loss as text; "none: gradients were given" where cotangents stand in its place."""
    return say("number", "no_loss") if "output_grads" in trace.supplied else short(trace.loss)


def clipping_sentence(trace: Trace) -> str:
    """What clipping does to this run's update, or would do if it were on."""
    clip = trace.clip
    numbers = {"before": beside(clip.norm_before, clip.threshold), "after": short(clip.norm_after)}
    numbers |= {"factor": beside(clip.factor, 1), "cosine": cosine(clip.cosine), "threshold": short(clip.threshold)}
    if not math.isfinite(clip.norm_before):
        return say("clip_sentence", "not_finite")
    if clip.mode == "none":
        if clip.norm_before <= clip.threshold:
            return say("clip_sentence", "off_idle", **numbers)
        return say("clip_sentence", "off", **{**numbers, "factor": beside(clip.threshold / clip.norm_before, 1)})
    return say("clip_sentence", clip.mode if clip.engaged else "idle", **numbers)
