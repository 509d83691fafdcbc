"""A training as one HTML page that loads nothing from a network."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Settings, table
from explorer.questions.training import History, TrainingPlan
from explorer.show.export.html_report import POLICY, STYLE
from explorer.show.plots.training import training_figures
from explorer.show.words import LANGUAGE, say
from explorer.show.words.differences import value_text
from explorer.show.words.numbers import short
from explorer.show.words.trainings import ending_sentence, lane_name, outcome_sentence


def training_report(history: History) -> str:
    """The page as HTML text: the outcome of each lane, the figures, and the settings."""
    title = escape(say("training_report", "title", iterations=f"{history.iterations:,}"))
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{title}</title><style>{STYLE}</style>'
    )
    parts = [f"<h1>{title}</h1>", *_outcomes(history), *_figures(history), *_settings(history)]
    return f'<!doctype html>\n<html lang="{LANGUAGE}"><head>{head}</head>\n<body>\n{"".join(parts)}</body></html>\n'


def _outcomes(history: History) -> Iterator[str]:
    for lane, e in enumerate(history.experiments):
        sentences = [f"{lane_name(e)}: {outcome_sentence(history, lane)}"]
        if (ending := history.endings[lane]) is not None:
            sentences.append(ending_sentence(ending))
        yield f"<p>{escape(' '.join(sentences))}</p>"


def _figures(history: History) -> Iterator[str]:
    from explorer.show.plots.plotly_renderer import as_fragment  # late: only a page with figures needs plotly

    if not history.iterations:
        return
    for number, figure in enumerate(training_figures(history)):
        fragment = as_fragment(figure, with_library=number == 0)
        yield (
            f'<figure role="img" aria-label="{escape(figure.alternative, quote=True)}">{fragment}'
            f"<figcaption>{escape(figure.caption)}</figcaption></figure>\n"
        )


def _settings(history: History) -> Iterator[str]:
    yield f"<section><h2>{escape(say('training_report', 'settings'))}</h2><table><tbody>"
    yield from _rows(TrainingPlan, history.plan, history.plan.without_effect)
    e = history.experiments[0]
    yield from _rows(Experiment, e, e.without_effect)
    yield "</tbody></table></section>"


def _rows(model: type[Settings], values: Settings, idle: frozenset[str]) -> Iterator[str]:
    for name in [name for name in table(model) if name not in idle]:
        value = getattr(values, name)
        text = value_text(name, value) if model is Experiment else _plain(value)
        yield f"<tr><td>{escape(say('label', name))}</td><td>{escape(text)}</td><td><code>{name}</code></td></tr>"


def _plain(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)
