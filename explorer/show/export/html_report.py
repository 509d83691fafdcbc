"""A run as one HTML page that loads nothing from a network: verdict, numbers, figures, definitions and sources."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import judged_flow
from explorer.show.export.preset_file import preset_file
from explorer.show.export.sources import sources
from explorer.show.plots import figures_of
from explorer.show.plots.shown import Shown
from explorer.show.words import LANGUAGE, catalogue, say
from explorer.show.words.differences import value_text
from explorer.show.words.numbers import decades
from explorer.show.words.remedies import what_next
from explorer.show.words.supplied import array_rows, supplied_text
from explorer.show.words.verdicts import clipping_sentence, explanations, headline, loss_text, memory, sentence

# The browser refuses to load anything that is not in the page itself.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
STYLE = """
:root { color-scheme: light }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #2B2F36; background: #FFF }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; text-wrap: balance }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid #D5D8DD; padding-bottom: .2rem }
p { margin: .3rem 0 }
.numbers { display: flex; flex-wrap: wrap; gap: .4rem 3rem; margin: 1rem 0 }
.numbers dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums }
figure { margin: 1.6rem 0; break-inside: avoid }
figcaption { font-size: .9rem; max-width: 52rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { text-align: left; padding: .15rem 1.5rem .15rem 0; vertical-align: top; border-bottom: 1px solid #ECEEF0 }
td { overflow-wrap: anywhere }
.supplied td { overflow-wrap: normal }
.supplied td:not(:last-child) { white-space: nowrap }
tr.idle { color: #6B7078 }
dl.meanings dt { font-weight: 600; margin-top: .6rem }
dl.meanings dd { margin: 0 }
pre { background: #F4F5F7; padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; white-space: pre-wrap }
footer { margin-top: 2.5rem; font-size: .85rem; color: #5A6069 }
@media print { body { margin: 0; padding: 0; max-width: none } figure { zoom: .7 } }
@page { margin: 15mm }
"""


def as_html(trace: Trace) -> str:
    """The page as HTML text."""
    parts = [
        _verdict(trace),
        *_figures(trace),
        _section("experiment", _experiment(trace)),
        *([_section("supplied", _supplied(trace))] if trace.supplied else []),
        _section("meanings", _meanings(trace)),
        _section("sources", _list(sources(trace.experiment, trace.without_effect))),
        _section("again", _again(trace)),
        f"<footer><p>{_report_text('made')}</p></footer>",
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(headline(diagnose(trace)))}</title><style>{STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="{LANGUAGE}"><head>{head}</head>\n<body>\n{"".join(parts)}</body></html>\n'


def _verdict(trace: Trace) -> str:
    first, *others = (sentence(finding) for finding in diagnose(trace))
    others = [*explanations(diagnose(trace)), *others]
    numbers = {"decay": decades(judged_flow(trace).decay), "horizon": memory(trace), "loss": loss_text(trace)}
    texts = [*others, clipping_sentence(trace), f"{say('page', 'what_next')} {what_next(trace)}"]
    entries = "".join(
        f"<div><dt>{escape(say('page', name))}</dt><dd>{escape(value)}</dd></div>" for name, value in numbers.items()
    )
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return f'<h1>{escape(first)}</h1>{paragraphs}<dl class="numbers">{entries}</dl>\n'


def _figures(trace: Trace) -> Iterable[str]:
    from explorer.show.plots.plotly_renderer import as_fragment  # late: only a page with figures needs plotly

    for number, figure in enumerate(figures_of([Shown(trace)])):
        fragment = as_fragment(figure, with_library=number == 0)
        yield (
            f'<figure role="img" aria-label="{escape(figure.alternative, quote=True)}">{fragment}'
            f"<figcaption>{escape(figure.caption)}</figcaption></figure>\n"
        )


def _again(trace: Trace) -> str:
    if trace.supplied:
        return f"<p>{_report_text('again_supplied')}</p>"
    return f"<p>{_report_text('again')}</p><pre>{escape(preset_file(trace))}</pre>"


def _supplied(trace: Trace) -> str:
    """Shape and statistics of every array that stands in place of one that the experiment would have made."""
    keys = ("array", "shape", "mean", "deviation", "largest", "radius")
    head = "".join(f"<th>{_report_text(f'supplied_{key}')}</th>" for key in keys)
    rows = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in array_rows(trace))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    table_text = f'<table class="supplied"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f"<p>{escape(say('report', 'supplied', arrays=supplied_text(trace)))}</p>{table_text}"


def _experiment(trace: Trace) -> str:
    """A table of all parameters; those without an effect in this run are marked."""
    rows, e = [], trace.experiment
    replaced = trace.without_effect - e.without_effect
    for name in table(Experiment):
        idle, value = name in trace.without_effect, getattr(e, name)
        text = say("report", "idle") if idle else (value or say("page", "own_text")) if name == "text" else None
        text = say("report", "replaced") if name in replaced else text
        text = value_text(name, value) if text is None else text
        cells = f"<td>{escape(say('label', name))}</td><td>{escape(text)}</td><td><code>{escape(name)}</code></td>"
        rows.append(f'<tr class="idle">{cells}</tr>' if idle else f"<tr>{cells}</tr>")
    head = "".join(f"<th>{escape(say('take_home', key))}</th>" for key in ("parameter", "value", "name"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _meanings(trace: Trace) -> str:
    """Definitions of the numbers that this run has."""
    meanings = catalogue()["definition"]
    if not math.isfinite(trace.clip.norm_before):
        meanings = {key: text for key, text in meanings.items() if key != "clipping"}
    rows = [f"<dt>{escape(say('defined', key))}</dt><dd>{escape(text)}</dd>" for key, text in meanings.items()]
    return f'<dl class="meanings">{"".join(rows)}</dl>'


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _section(key: str, content: str) -> str:
    return f"<section><h2>{_report_text(key + '_title')}</h2>{content}</section>\n"


def _report_text(key: str) -> str:
    return escape(say("report", key))
