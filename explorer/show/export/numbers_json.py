"""The numbers of a run as JSON, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.seed_bands import TENTHS, Bands
from explorer.show.export.json_text import json_text
from explorer.show.words import say
from explorer.show.words.verdicts import sentence


def as_json(trace: Trace, bands: Bands | None = None) -> str:
    """The numbers as JSON text, with those of many seeds if given; what is null has a reason under ``null_means``."""
    numbers = summary(trace) | ({"seeds": of_seeds(bands)} if bands else {})
    return json_text(numbers, _reasons(trace), indent=2)


def of_seeds(bands: Bands) -> dict[str, Any]:
    """The quantiles over many seeds as lists."""
    return {
        "seeds": list(bands.seeds),
        "overflowed": bands.overflowed,
        "findings": dict(bands.codes),
        "quantiles": [tenths / 10 for tenths in TENTHS],
        "decay_decades": bands.decay.tolist(),
        "memory_horizon_steps": bands.horizon.tolist(),
        "loss": bands.loss.tolist(),
        "log10_state_grad_norm": {name: norms.tolist() for name, norms in bands.log10_state_grad_norm.items()},
    }


def summary(trace: Trace) -> dict[str, Any]:
    """The numbers of one run as a dict; a parameter that supplied arrays replace is None."""
    flow = gradient_flow(trace)
    return {
        "experiment": used_settings(trace)[0],
        "supplied": list(trace.supplied),
        "loss": trace.loss,
        "decay_decades": flow.decay,
        "memory_horizon_steps": flow.horizon,
        "grown_thousandfold_after_steps": flow.grown_after,
        "overflow_step": trace.overflow_step,
        "log10_state_grad_norm": {name: norms.tolist() for name, norms in trace.log10_state_grad_norm.items()},
        "clip": asdict(trace.clip),
        "findings": [{"code": f.code, "evidence": dict(f.evidence), "sentence": sentence(f)} for f in diagnose(trace)],
        "backend": trace.backend,
        "seconds": trace.seconds,
    }


def used_settings(trace: Trace) -> tuple[dict[str, Any], dict[str, str]]:
    """The experiment's parameters, None where supplied arrays replace one; and place in the JSON → why it is None."""
    e = trace.experiment
    replaced = trace.without_effect - e.without_effect
    values = {name: None if name in replaced else value for name, value in e.model_dump().items()}
    unset = [name for name, value in values.items() if value is None]
    keys = {f"experiment.{name}": "supplied" if name in replaced else "unset" for name in unset}
    return values, {place: say("null_means", key) for place, key in keys.items()}


def _reasons(trace: Trace) -> dict[str, str]:
    """Place in the summary → why it is None."""
    flow, reasons = gradient_flow(trace), used_settings(trace)[1]
    for place, value in (("memory_horizon_steps", flow.horizon), ("grown_thousandfold_after_steps", flow.grown_after)):
        if value is None:
            reasons[place] = say("null_means", "no_gradient" if np.isnan(flow.decay) else place)
    if trace.overflow_step is None:
        reasons["overflow_step"] = say("null_means", "overflow_step")
    return reasons
