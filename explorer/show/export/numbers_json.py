"""The numbers of a run as JSON, for other programs."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose, gradient_flow
from explorer.questions.seed_bands import TENTHS, Bands
from explorer.show.words.verdicts import sentence


def as_json(trace: Trace, bands: Bands | None = None) -> str:
    """The numbers as JSON text, with those of many seeds if given; a number that is not finite becomes a word."""
    numbers = summary(trace) | ({"seeds": of_seeds(bands)} if bands else {})
    return json.dumps(numbers, ensure_ascii=False, indent=2, allow_nan=False)


def of_seeds(bands: Bands) -> dict[str, Any]:
    """The quantiles over many seeds as a dict that JSON can hold."""
    numbers = {
        "seeds": list(bands.seeds),
        "overflowed": bands.overflowed,
        "findings": dict(bands.codes),
        "quantiles": [tenths / 10 for tenths in TENTHS],
        "decay_decades": bands.decay.tolist(),
        "memory_horizon_steps": bands.horizon.tolist(),
        "loss": bands.loss.tolist(),
        "log10_state_grad_norm": {name: norms.tolist() for name, norms in bands.log10_state_grad_norm.items()},
    }
    return dict(as_words(numbers))


def summary(trace: Trace) -> dict[str, Any]:
    """The numbers of one run as a dict that JSON can hold."""
    flow = gradient_flow(trace)
    numbers = {
        "experiment": trace.experiment.model_dump(),
        "loss": trace.loss,
        "decay_decades": flow.decay,
        "memory_horizon_steps": flow.horizon,
        "overflow_step": trace.overflow_step,
        "log10_state_grad_norm": {name: norms.tolist() for name, norms in trace.log10_state_grad_norm.items()},
        "clip": asdict(trace.clip),
        "findings": [{"code": f.code, "evidence": dict(f.evidence), "sentence": sentence(f)} for f in diagnose(trace)],
        "backend": trace.backend,
        "seconds": trace.seconds,
    }
    return dict(as_words(numbers))


def as_words(value: Any) -> Any:
    """`value` with the words "nan", "inf" and "-inf" for numbers that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: as_words(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_words(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value
