"""What truncated back-propagation through time throws away."""

from __future__ import annotations

from typing import Literal

from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.lenses.reach import reach
from explorer.questions.lenses.windows import WAYS, truncation
from explorer.show.lenses.contract import LONGEST, Choices, Found, Lens, Part, Span
from explorer.show.lenses.reach import ON_PAGE
from explorer.show.plots.lenses.truncation import share_figure, truncation_figure
from explorer.show.plots.record import Figure
from explorer.show.words import say
from explorer.show.words.lenses import truncation_sentences

WAY_OF = {"sliding_window": "sliding", "chunks": "chunks"}
USUAL = 20  # steps


class TruncationChoices(Choices):
    """
    Attributes:
        window: k, the steps that a loss may go back.
        cut: by a sliding window or in chunks; None for both.
    """

    window: int | None = parameter(None, 1, LONGEST, stops=(USUAL,), ends_at="seq_len")
    cut: Literal["sliding_window", "chunks"] | None = parameter(None)

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        T = trace.experiment.seq_len
        return {"window": Span(min(USUAL, T), 1, T)}


def _asked(choices: TruncationChoices) -> tuple[object, ...]:
    return choices.window, tuple(WAYS) if choices.cut is None else (WAY_OF[choices.cut],)


def _figures(found: Found, trace: Trace, choices: TruncationChoices) -> tuple[Figure, ...]:
    window, way = choices.window, WAY_OF[choices.cut or "sliding_window"]
    assert window is not None
    left = getattr(found["record"], way)
    return (truncation_figure(found["matrix"], window, way), share_figure(left, trace.experiment, window))


def _sentences(found: Found, trace: Trace, choices: TruncationChoices) -> tuple[str, ...]:
    """Of the way that was chosen; of both, what each leaves."""
    e, window = trace.experiment, choices.window
    assert window is not None
    if choices.cut is not None:
        way = WAY_OF[choices.cut]
        return truncation_sentences(getattr(found["record"], way), window, e, way)
    return tuple(
        f"{say('lens_sentence', f'truncated_{way}')} "
        f"{truncation_sentences(getattr(found['record'], way), window, e, way)[0]}"
        for way in WAY_OF.values()
    )


LENS = Lens(
    {
        "record": Part("truncation", lambda trace, found, *asked: truncation.steps(trace, *asked), _asked),
        "matrix": Part(
            "reach",
            lambda trace, found, bins: reach.steps(trace, bins=bins),
            lambda choices: (ON_PAGE,),
            drawn_only=True,
        ),
    },
    _figures,
    _sentences,
    TruncationChoices,
)
