"""The lens `truncation`: what truncated back-propagation through time throws away."""

from __future__ import annotations

from typing import Literal

from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.lenses.reach import reach
from explorer.questions.lenses.windows import WAYS, truncation
from explorer.show.lenses.contract import LONGEST, Choices, Lens, Part, Results, Span
from explorer.show.lenses.reach import PAGE_BINS
from explorer.show.plots.lenses.truncation import share_figure, truncation_figure
from explorer.show.plots.record import Figure
from explorer.show.words import say
from explorer.show.words.lenses import truncation_sentences

WAY_OF = {"sliding_window": "sliding", "chunks": "chunks"}
USUAL_WINDOW = 20  # steps


class TruncationChoices(Choices):
    """The choices of the lens `truncation`.

    Attributes:
        window: k, the steps that a loss may go back.
        cut: the way of truncation, a sliding window or chunks; None for both.
    """

    window: int | None = parameter(None, 1, LONGEST, stops=(USUAL_WINDOW,), ends_at="seq_len")
    cut: Literal["sliding_window", "chunks"] | None = parameter(None)

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        T = trace.experiment.seq_len
        return {"window": Span(min(USUAL_WINDOW, T), 1, T)}


def _arguments(choices: TruncationChoices) -> tuple[object, ...]:
    return choices.window, tuple(WAYS) if choices.cut is None else (WAY_OF[choices.cut],)


def _figures(results: Results, trace: Trace, choices: TruncationChoices) -> tuple[Figure, ...]:
    window, way = choices.window, WAY_OF[choices.cut or "sliding_window"]
    assert window is not None
    record = getattr(results["record"], way)
    return (truncation_figure(results["matrix"], window, way), share_figure(record, trace.experiment, window))


def _sentences(results: Results, trace: Trace, choices: TruncationChoices) -> tuple[str, ...]:
    """The sentences on the chosen way; without a choice the first sentence on each of the two."""
    e, window = trace.experiment, choices.window
    assert window is not None
    if choices.cut is not None:
        way = WAY_OF[choices.cut]
        return truncation_sentences(getattr(results["record"], way), window, e, way)
    return tuple(
        f"{say('lens_sentence', f'truncated_{way}')} "
        f"{truncation_sentences(getattr(results['record'], way), window, e, way)[0]}"
        for way in WAY_OF.values()
    )


LENS = Lens(
    {
        "record": Part("truncation", lambda trace, results, *args: truncation.steps(trace, *args), _arguments),
        "matrix": Part(
            "reach",
            lambda trace, results, bins: reach.steps(trace, bins=bins),
            lambda choices: (PAGE_BINS,),
            drawn_only=True,
        ),
    },
    _figures,
    _sentences,
    TruncationChoices,
)
