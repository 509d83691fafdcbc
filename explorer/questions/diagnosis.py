"""Findings about a trace, as codes with evidence; `explorer.show.words` makes sentences of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.engine.trace import Trace
from explorer.model.cells.contract import Range
from explorer.questions.gradient_flow import Flow, judged_flow, judged_state
from explorer.questions.lenses.afar import Afar, afar
from explorer.questions.lenses.linear_steps import check_index
from explorer.questions.thresholds import threshold

Value = float | int | str | bool
Evidence = Mapping[str, Value]
GRAVITY = ("overflowed", "silent", "exploding", "vanishing", "local", "healthy", "dead", "saturated", "clipped")
"""The codes in the order of `diagnose`: first what the gradient does, the gravest first, then what goes with it."""


@dataclass(frozen=True)
class Finding:
    """One verdict.

    Attributes:
        code: one of `GRAVITY`.
        evidence: the numbers behind it; decades are log10.
    """

    code: str
    evidence: Evidence


def diagnose(trace: Trace, layer: int | None = None) -> list[Finding]:
    """All findings about all layers, or about one, the gravest first.

    Each layer has one of these, unless the run ``overflowed`` or is ``silent`` (no loss sends any gradient):
    ``exploding``, ``vanishing``, ``local`` (near losses reach every step and far ones do not), ``healthy``. A layer may
    have ``dead`` or ``saturated`` ones besides, and the run one ``clipped``.

    Args:
        layer: from 0, or from −1 downwards as an index; None for all layers.
    Returns:
        findings with evidence, each where it applies: ``layer`` (from 0) of ``layers``; ``state``
        (``h``, unless its gradient has ended and another's has not); ``steps`` (up to the last
        loss), ``back`` (steps from the last gradient to step 1), ``decades``, ``peak``; ``horizon`` and ``grown_after``
        (absent if the norm never falls or grows by 10³), ``zero_before`` (absent if step 1 has a gradient); ``step``,
        ``apart`` and ``far_decades`` (what comes from losses more than ``apart`` after ``step``); ``several`` (True
        where there are several losses); ``at_step``,
        ``units``, ``of``, ``share``, ``where``, ``side``, ``below``, ``above``, ``mode``, ``factor``, ``cosine``,
        ``threshold``, ``before``, ``after``.

    Raises:
        ExplorerError: there is no such layer.
    """
    count = trace.experiment.num_layers
    if layer is not None:
        check_index("layer", layer, -count, count - 1)
    layers = range(count) if layer is None else (layer % count,)
    findings = [*_run(trace), *_flows(trace, layers)]
    for number in layers:
        findings += [*_dead(trace, number), *_saturated(trace, number)]
    return sorted([*findings, *_clipped(trace)], key=_gravity)


def _gravity(finding: Finding) -> tuple[int, float]:
    """Where a finding stands in the list: by its code, then by how far it goes; upper layers first among equals."""
    e = finding.evidence
    far = {
        "exploding": -float(e.get("peak", 0.0)),
        "vanishing": float(e.get("decades", 0.0)),
        "local": float(e.get("far_decades", 0.0)),
        "healthy": -abs(float(e.get("decades", 0.0))),
    }
    return GRAVITY.index(finding.code), far.get(finding.code, -float(e.get("share", 0.0)))


def _run(trace: Trace) -> Iterator[Finding]:
    if trace.overflow_step is not None:
        yield Finding("overflowed", {"at_step": trace.overflow_step, "steps": trace.experiment.seq_len})
    elif not len(trace.loss_steps):
        yield Finding("silent", {"steps": trace.experiment.seq_len})


def _flows(trace: Trace, layers: range | tuple[int, ...]) -> Iterator[Finding]:
    if trace.overflow_step is not None or not len(trace.loss_steps):
        return
    distant = afar(trace)
    for layer in reversed(layers):
        flow = judged_flow(trace, layer)
        yield Finding(_code(flow, distant, layer), _flow_evidence(trace, flow, distant, layer))


def _code(flow: Flow, distant: Afar | None, layer: int) -> str:
    if flow.peak >= threshold("exploded_decades"):
        return "exploding"
    if not flow.from_step or flow.decay <= threshold("vanished_decades"):
        return "vanishing"
    if distant is not None and distant.far_decades[layer] <= threshold("far_decades"):
        return "local"
    return "healthy"


def _flow_evidence(trace: Trace, flow: Flow, distant: Afar | None, layer: int) -> Evidence:
    evidence: dict[str, Value] = {**_place(trace, layer), "state": judged_state(trace, layer), "steps": trace.last_loss}
    if flow.from_step:
        evidence |= {"back": flow.from_step - 1, "decades": flow.decay, "peak": flow.peak}
    else:
        evidence |= {"decades": -np.inf}
    optional = {"horizon": flow.horizon, "grown_after": flow.grown_after, "zero_before": flow.zero_before or None}
    evidence |= {name: value for name, value in optional.items() if value is not None}
    if distant is not None:
        evidence["several"] = True
    if distant is not None and not np.isnan(distant.far_decades[layer]):
        far = float(distant.far_decades[layer])
        evidence |= {"step": distant.step, "apart": distant.apart, "far_decades": far}
    return evidence


def _place(trace: Trace, layer: int) -> Evidence:
    return {"layer": layer, "layers": trace.experiment.num_layers}


def _dead(trace: Trace, layer: int) -> Iterator[Finding]:
    if trace.experiment.new_cell().squashing.get("h") != "relu":
        return
    values = _readable(trace.states["h"][layer, 1:], trace)
    dead = (values == 0).all(axis=(0, 1))
    share = float(dead.mean())
    if len(values) and share >= threshold("dead_share"):
        counts = {"units": int(dead.sum()), "of": int(dead.size)}
        yield Finding("dead", {**_place(trace, layer), **counts, "share": share})


def _saturated(trace: Trace, layer: int) -> Iterator[Finding]:
    """For the units and each gate: the share of all values that lie where the slope is small."""
    cell = trace.experiment.new_cell()
    series = {"units": ("h", trace.states["h"][:, 1:])} | {name: (name, g) for name, g in trace.gates.items()}
    for where, (name, all_layers) in series.items():
        values, (low, high) = (
            _readable(all_layers[layer], trace),
            _flat_ends(cell.squashing.get(name), cell.bounds[name]),
        )
        if not len(values):
            continue
        shares = {"low": float((values < low).mean()), "high": float((values > high).mean())}
        share = sum(shares.values())
        if share >= threshold("saturated_share"):
            side = max(shares, key=lambda s: shares[s])
            if shares[side] < threshold("saturated_share") or min(shares.values()) > 0.2 * share:
                side = "both"
            evidence: Evidence = {"where": where, "share": shares.get(side, share), "side": side}
            yield Finding("saturated", {**_place(trace, layer), **evidence, "below": low, "above": high})


def _flat_ends(function: str | None, bounds: Range) -> Range:
    """The values below and above which the slope is small; infinite where no end is flat."""
    low, high = bounds
    if not np.isfinite(high - low):
        return -np.inf, np.inf
    margin = threshold("near_bound") * (high - low)
    return low + margin, np.inf if function == "exp" else high - margin  # the slope of exp is its value


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


def _readable(values: np.ndarray, trace: Trace) -> np.ndarray:
    """The steps of (T, B, H) up to the last loss, or those before an overflow."""
    return values[: trace.last_loss if trace.overflow_step is None else trace.overflow_step - 1]
