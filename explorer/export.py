"""A run as something to keep: a page of figures for any browser, or numbers for another program."""

from __future__ import annotations

import html
import json
import math
from dataclasses import asdict
from typing import Any

from explorer.diagnosis import diagnose, gradient_flow
from explorer.plots import figures_of
from explorer.plots.shown import Shown
from explorer.trace import Trace
from explorer.words import say
from explorer.words.verdicts import sentence, what_next

STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; color: #2B2F36 }
figure { margin: 2rem 0 }
"""


def summary(trace: Trace) -> dict[str, Any]:
    """The run's numbers as JSON can hold them: what is not finite becomes a word."""
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
    return _as_json(numbers)


def as_json(trace: Trace) -> str:
    return json.dumps(summary(trace), ensure_ascii=False, indent=2, allow_nan=False)


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def as_html(trace: Trace) -> str:
    """One file that works offline: the verdict, the figures with captions, and the experiment."""
    from explorer.plots.plotly_renderer import as_fragment  # late: only a page of figures needs plotly

    findings = diagnose(trace)
    parts = [f"<h1>{html.escape(sentence(findings[0]))}</h1>"]
    parts += [f"<p>{html.escape(sentence(f))}</p>" for f in findings[1:]]
    parts.append(f"<p>{html.escape(what_next(findings, trace.experiment))}</p>")
    for number, figure in enumerate(figures_of([Shown(trace)])):
        drawn = as_fragment(figure, with_library=number == 0)
        parts.append(f'<figure role="img" aria-label="{html.escape(figure.alternative, quote=True)}">{drawn}')
        parts.append(f"<figcaption>{html.escape(figure.caption)}</figcaption></figure>")
    settings = json.dumps(trace.experiment.model_dump(), ensure_ascii=False, indent=2)
    parts.append(f"<pre>{html.escape(settings)}</pre>")
    head = f'<meta charset="utf-8"><title>{html.escape(say("page", "title"))}</title><style>{STYLE}</style>'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>"
