"""Pins: runs kept beside the live one. The link holds all of them as one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import MAX_TEXT, Experiment
from explorer.engine.parameters import table
from explorer.show.plots.palette import PINS
from explorer.show.words import say

MOST = len(PINS)
LONGEST_NAME = 40
BETWEEN = "|"  # separates pins; inside a pin it is percent-encoded
LONGEST_PIN = 12 * MAX_TEXT + 2000  # characters; one character of a text takes up to twelve when percent-encoded


@dataclass(frozen=True)
class Pin:
    """One kept experiment.

    Attributes:
        name: given by the user; if empty, the differences to the other runs name the pin.
        hidden: whether figures leave it out.
    """

    experiment: Experiment
    name: str = ""
    hidden: bool = False


def spelled(pins: Sequence[Pin]) -> str:
    """All pins as one text: for each the settings that differ from the defaults, as in a link."""
    return BETWEEN.join(_one(pin) for pin in pins)


def _one(pin: Pin) -> str:
    rows = table(Experiment)
    settings = {
        name: f"{value:.10g}" if isinstance(value, float) else value
        for name, row in rows.items()
        if (value := getattr(pin.experiment, name)) != row.default
    } or {"cell": pin.experiment.cell}
    name_field = {"name": pin.name} if pin.name else {}
    return urlencode({**settings, **name_field, **({"hidden": 1} if pin.hidden else {})})


def read(text: str) -> tuple[list[Pin], list[str]]:
    """The pins of a text, and a sentence for each that is rejected or changed."""
    pins, notes = [], []
    parts = [part for part in text.split(BETWEEN) if part]
    for part in parts[:MOST]:
        try:
            pin, name_notes = _read_one(part)
            pins.append(pin)
            notes += name_notes
        except ExplorerError as error:
            notes += [say("link", "inside", name="pins", said=e.sentence) for e in error.errors]
    if len(parts) > MOST:
        notes.append(ExplorerError("pins", f"must be at most {MOST}", len(parts), "The first are shown.").sentence)
    return pins, notes


def _read_one(part: str) -> tuple[Pin, list[str]]:
    """A pin, and a sentence if its name was changed."""
    if len(part) > LONGEST_PIN:
        raise ExplorerError(
            "pins", f"must be at most {LONGEST_PIN} characters each", f"{len(part)} characters", "Pin a shorter text."
        )
    fields = _fields(part)
    given, hidden = fields.pop("name", ""), fields.pop("hidden", "")
    name = clean_name(given)
    if hidden not in ("", "1"):
        raise ExplorerError("hidden", "must be 1 or absent", hidden)
    rule = f"must have names of at most {LONGEST_NAME} characters that are seen"
    notes = [] if name == given else [ExplorerError("pins", rule, given, "It was cut.").sentence]
    return Pin(Experiment.of(fields), name, hidden == "1"), notes


def _fields(part: str) -> dict[str, str]:
    """Name → text of a pin's settings. A name that occurs twice is an error."""
    most = len(table(Experiment)) + 2
    if part.count("&") >= most:
        raise ExplorerError("pins", f"must name at most {most} things each", f"{part.count('&') + 1}")
    pairs = parse_qsl(part, keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ExplorerError("pins", "must name everything once", part)
    return fields


def clean_name(text: str) -> str:
    """A name on one line, of bounded length."""
    return "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST_NAME].strip()


def changed(pins: Sequence[Pin], place: int, **changes: object) -> list[Pin]:
    """The pins, with `changes` made to the one at index `place`."""
    return [replace(pin, **changes) if i == place else pin for i, pin in enumerate(pins)]  # type: ignore[arg-type]
