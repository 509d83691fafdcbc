"""The training's figures and its status as a block for the deck."""

from __future__ import annotations

from html import escape
from typing import Any

from explorer.questions.clipping_trial import ClippingTrial, clipping_trial
from explorer.questions.training import History
from explorer.show.plots.deck_renderer import Block, render
from explorer.show.plots.look import look_data
from explorer.show.plots.training import training_figures
from explorer.show.plots.training_lanes import looks
from explorer.show.words import catalogue, say
from explorer.show.words.numbers import short
from explorer.show.words.trials import verdict_sentence
from explorer.ui.trainings.watched import Watched

WITHOUT = ("pin", "drag", "slow")  # tools for a single run
NO_PINS: dict[str, Any] = {"columns": [], "rows": [], "full": True}
NO_DRAG: dict[str, Any] = {"parameter": "", "label": "", "value": "", "choices": [], "base": ""}


def setup() -> dict[str, Any]:
    """The data that the deck needs once, with texts for an axis of iterations."""
    words = catalogue()["deck"] | catalogue()["deck_training"]
    column = catalogue()["deck_column"] | {"step": say("training_axis", "iteration")}
    return {"words": words | {"column": column}, "look": look_data()}


def board(watched: Watched, history: History, decades: tuple[float, float] | None, adapting: bool = False) -> bytes:
    """A block for the deck: the status, and all figures below it.

    Args:
        decades: the waterfalls' colour range, log10; None for the record's own.
        adapting: whether `decades` follow the record.
    """
    block = Block()
    figures = training_figures(history, watched.axis_end, decades, adapting)
    header = {
        "kind": "live",
        "verdict": status(watched, history),
        "figures": [render(figure, block) for figure in figures],
        "scale": 1,
        "pins": NO_PINS,
        "slow": False,
        "drag": NO_DRAG,
        "axis": "iteration",
        "without": WITHOUT,
    }
    return block.bytes(header)


def status(watched: Watched, history: History) -> str:
    """The training's status as HTML: a heading, a progress bar, sentences, and numbers that keep their places.

    All text is escaped, although none comes from a user.
    """
    done, steps = watched.iteration, watched.plan.steps
    head = say("training_state", watched.state, done=f"{done:,}", steps=f"{steps:,}")
    sentences = [_ending_sentence(history, lane) for lane, ending in enumerate(history.endings) if ending]
    if done and history.experiments[0].clip != "none":
        sentences.insert(0, verdict_sentence(trial_of(history, 0)))
    numbers = {
        "rate": say("training", "a_second", rate=short(watched.rate)) if watched.rate else "–",
        "left": duration(watched.seconds_left) if watched.state in ("running", "paused") and watched.rate else "–",
        "loss": _newest_values(history.loss / history.loss_steps),
        "norm": _newest_values(history.norm_before),
    }
    number_html = "".join(
        f'<div title="{escape(say("training_number", f"{name}_help"))}">'
        f"<dt>{escape(say('training_number', name))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in numbers.items()
    )
    bar = f'<progress max="{steps}" value="{min(done, steps)}" aria-label="{escape(say("training", "progress"))}">'
    return f"<h2>{escape(head)}</h2>{bar}</progress><p>{escape(' '.join(sentences))}</p><dl>{number_html}</dl>"


def trial_of(history: History, lane: int) -> ClippingTrial:
    """The clipping trial of one lane, over its iterations until it ended."""
    e, until = history.experiments[lane], last_iteration(history, lane)
    recorded = (getattr(history, name)[:until, lane] for name in ("norm_before", "factor", "cosine"))
    return clipping_trial(e.clip, e.clip_threshold, *recorded)


def last_iteration(history: History, lane: int) -> int:
    """The lane's last iteration, counted from 1."""
    ending = history.endings[lane]
    return min(ending.iteration, history.iterations) if ending else history.iterations


def duration(seconds: float) -> str:
    """A duration in words, such as 2 min 05 s."""
    if seconds < 60:
        return say("training", "seconds", value=f"{max(1, round(seconds))}")
    if seconds < 3600:
        return say("training", "minutes", minutes=f"{seconds // 60:.0f}", seconds=f"{seconds % 60:02.0f}")
    return say("training", "hours", hours=f"{seconds // 3600:.0f}", minutes=f"{seconds % 3600 // 60:02.0f}")


def _ending_sentence(history: History, lane: int) -> str:
    ending = history.endings[lane]
    assert ending is not None
    label = looks(history.experiments)[lane].label
    text = say("training_mark", f"ended_{ending.cause}", iteration=f"{ending.iteration:,}", step=f"{ending.step:,}")
    return f"{label[0].upper()}{label[1:]}, it {text}." if label else f"It {text}."


def _newest_values(values: Any) -> str:
    """The newest value of each lane."""
    return " · ".join(short(float(value)) for value in values[-1]) if len(values) else "–"
