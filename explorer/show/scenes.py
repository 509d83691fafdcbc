"""Scenes of a story: an experiment, where to look, a question with its answer, and claims about the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explorer.base.errors import ExplorerError, raise_all
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table as parameters_of
from explorer.show.claims import claim_error
from explorer.show.quantities import QUANTITIES

MOST_SCENES, MOST_CHOICES = 40, 5
TEXTS = ("title", "ask", "answer", "guess", "reveal", "speaker", "figure")
LISTS = ("choices", "controls", "claims")
TABLES = ("experiment", "page")
NEEDED = ("title", "ask", "reveal", "speaker")


@dataclass(frozen=True)
class Scene:
    """One step of a story.

    Attributes:
        title: one line.
        experiment: the settings of the run.
        page: the page's own settings in the link (``view``, ``lens``, ``formula`` and others), as text.
        figure: the one figure of the deck to show; if empty, the page chooses.
        ask: the question. choices: its answers, of which `answer` is right; none if a number is to be guessed.
        guess: the name of that number in `QUANTITIES`, or empty.
        reveal: the explanation; placeholders such as ``{decay}`` take the run's own numbers.
        speaker: a sentence for the presenter.
        controls: the parameters whose controls stay visible.
        claims: comparisons that hold for the numbers which the texts say, such as ``"-20 > decay"``; see `claims`.
    """

    title: str
    experiment: Experiment
    ask: str
    reveal: str
    speaker: str
    page: Mapping[str, str] = field(default_factory=dict)
    figure: str = "gradients"
    choices: tuple[str, ...] = ()
    answer: str = ""
    guess: str = ""
    controls: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


def parse_scenes(tables: Sequence[Any], base: Experiment) -> tuple[Scene, ...]:
    """The scenes of a story's file; the experiment of a scene is `base` with the scene's changes.

    Raises:
        ExplorerError: a table is not a valid scene; it has a sentence for each fault.
    """
    if len(tables) > MOST_SCENES:
        raise ExplorerError("scene", f"must stand at most {MOST_SCENES} times", len(tables))
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            raise ExplorerError(f"scene {number}", "must be a table", table, "Write [[scene]] above its lines.")
        raise_all([error for error in _errors(f"scene {number}", table) if error is not None])
    return tuple(_scene(table, base) for table in tables)


def _scene(table: Mapping[str, Any], base: Experiment) -> Scene:
    values: dict[str, Any] = {key: table[key] for key in TEXTS if key in table}
    values |= {key: tuple(table.get(key, ())) for key in LISTS}
    return Scene(experiment=base.replace(**table.get("experiment", {})), page=dict(table.get("page", {})), **values)


def _errors(name: str, table: Mapping[str, Any]) -> list[ExplorerError | None]:
    known = (*TEXTS, *LISTS, *TABLES)
    errors: list[ExplorerError | None] = [
        ExplorerError(f"{name}, {key}", "is not part of a scene", "", f"A scene has {', '.join(known)}.")
        for key in table.keys() - {*known}
    ]
    errors += [_missing(name, key, table) for key in NEEDED]
    errors += [_not_a_text(name, key, table) for key in TEXTS]
    errors += [_not_texts(name, key, table) for key in LISTS]
    errors += [_not_a_table(name, key, table) for key in TABLES]
    return errors if any(errors) else _misfit_errors(name, table)


def _missing(name: str, key: str, table: Mapping[str, Any]) -> ExplorerError | None:
    return None if table.get(key) else ExplorerError(f"{name}, {key}", "must be given in a scene", "nothing")


def _not_a_text(name: str, key: str, table: Mapping[str, Any]) -> ExplorerError | None:
    fits = isinstance(table.get(key, ""), str)
    return None if fits else ExplorerError(f"{name}, {key}", "must be a text", table[key])


def _not_texts(name: str, key: str, table: Mapping[str, Any]) -> ExplorerError | None:
    values = table.get(key, [])
    fits = isinstance(values, list) and all(isinstance(value, str) for value in values)
    return None if fits else ExplorerError(f"{name}, {key}", "must be a list of texts", values)


def _not_a_table(name: str, key: str, table: Mapping[str, Any]) -> ExplorerError | None:
    value = table.get(key, {})
    fits = isinstance(value, dict) and (key != "page" or all(isinstance(v, str) for v in value.values()))
    return None if fits else ExplorerError(f"{name}, {key}", "must be a table", value)


def _misfit_errors(name: str, table: Mapping[str, Any]) -> list[ExplorerError | None]:
    """Errors in values that have the right type and still do not fit together."""
    choices, guess = table.get("choices", []), table.get("guess", "")
    errors: list[ExplorerError | None] = []
    if not choices and not guess:
        errors.append(ExplorerError(f"{name}, choices", "must be given where there is no number to guess", "nothing"))
    if choices and (len(choices) > MOST_CHOICES or table.get("answer") not in choices):
        rule = f"must be at most {MOST_CHOICES}, with the answer among them"
        errors.append(ExplorerError(f"{name}, choices", rule, ", ".join(choices)))
    if guess and guess not in QUANTITIES:
        errors.append(ExplorerError(f"{name}, guess", "must be one of " + ", ".join(QUANTITIES), guess))
    for control in set(table.get("controls", [])) - parameters_of(Experiment).keys():
        errors.append(ExplorerError(f"{name}, controls", "must be parameters of an experiment", control))
    errors += [claim_error(f"{name}, claims", claim) for claim in table.get("claims", [])]
    return errors
