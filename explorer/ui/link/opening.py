"""The link, read: values that are rejected are left out and named with the reason."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, table
from explorer.questions.textbook import NAMES
from explorer.questions.textbook.derivation import MOST_STEPS, MOST_UNITS
from explorer.questions.textbook.m07_memory_of_order_n import ORDERS
from explorer.show.lenses import LENSES
from explorer.show.presets import all_stories
from explorer.show.scenes import MOST_SCENES
from explorer.ui.link.cliff import CLIFF_READERS
from explorer.ui.link.pins import read as read_pins
from explorer.ui.link.pins import spelled as spelled_pins
from explorer.ui.link.readers import Reader, ReadResult, accepted, code_of, one_of, rejected, spelled, truth, whole
from explorer.ui.link.together import misfits
from explorer.ui.link.training import READERS as TRAINING_READERS

NOTES = "link_notes"
HIDEABLE = ("view", "story", "preset", "compare", "draw_again", "more")
SEEDS = "seeds"
SEEDS_CHOICES = ("off", "10", "30", "100")
LONGEST_NAME = 80  # characters of an unknown name that are compared with the known ones
LONGEST = int(table(Experiment)["seq_len"].upper or 0)  # the most steps a sequence can have
VIEW_NAMES = ("explorer", "lenses", "textbook", "cliff", "training", "about")

__all__ = ["NOTES", "PAGE_READERS", "VIEW_NAMES", "allowing", "clean", "once", "spelled"]


def once(link: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[str]]:
    """The last value of each parameter, and a sentence for each that occurs more than once.

    Args:
        link: parameter → its texts, in the order of the address.
    """
    given = {name: texts[-1] for name, texts in link.items() if texts}
    rule, hint = "must stand once", "The last counts."
    notes = [
        ExplorerError(_shown_name(name), rule, ", ".join(texts[:-1]), hint).sentence
        for name, texts in link.items()
        if len(texts) > 1
    ]
    return given, notes


def clean(link: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The accepted values of a link in the controls' spelling, and a sentence for each rejected or changed one.

    Args:
        link: parameter → text, as in the address.
    """
    cleaned, notes = {}, []
    for name, text in link.items():
        spelling, sentences = _reader_of(name)(text)
        if spelling is not None:
            cleaned[name] = spelling
        notes += sentences
    for misfit in misfits(cleaned):
        del cleaned[misfit.parameter]
        notes.append(misfit.sentence)
    return cleaned, notes


def _reader_of(name: str) -> Reader:
    rows = table(Experiment)
    if name in rows:
        return partial(_parameter, rows[name])
    return PAGE_READERS.get(name, partial(_unknown, name))


def _parameter(row: Parameter, text: str) -> ReadResult:
    value = (code_of(text, row.choices) or text) if row.kind == "choice" else text
    try:
        parsed = getattr(Experiment.of({row.name: value, **allowing(row.name)}), row.name)
    except ExplorerError as error:
        failure = error.errors[0]
        return rejected(failure.parameter, failure.rule, text if row.kind == "choice" else failure.got, failure.hint)
    return accepted(row, parsed, text)


def _unknown(name: str, text: str) -> ReadResult:
    matches = difflib.get_close_matches(name[:LONGEST_NAME], [*table(Experiment), *PAGE_READERS], n=1)
    hint = f"Did you mean `{matches[0]}`?" if matches else ""
    return rejected(_shown_name(name), "is not a parameter of an experiment", text, hint)


def _shown_name(name: str) -> str:
    return name if name.strip() else '""'


def _pins(text: str) -> ReadResult:
    pins, sentences = read_pins(text)
    if text and not pins and not sentences:
        return rejected("pins", "must hold a pin", text, "Try pins=cell=lstm.")
    return spelled_pins(pins) or None, sentences


def _dragged(text: str) -> ReadResult:
    numbers = [row.name for row in table(Experiment).values() if row.kind in ("integer", "number")]
    if text in numbers:
        return text, []
    return rejected("drag", "must be a parameter that is a number: " + ", ".join(numbers), text, "Try gain.")


def _slow_unit(text: str) -> ReadResult:
    row = table(Experiment)["hidden_size"]
    try:
        return str(Experiment.of({"hidden_size": text, **allowing("hidden_size")}).hidden_size), []
    except ExplorerError:
        return rejected("slow", f"must be a unit between {row.lower} and {row.upper}", text, "Try 1.")


def _formula(text: str) -> ReadResult:
    """A formula's code, or its code with a name, which older links have."""
    codes = {name: code for code, name in NAMES.items()}
    return one_of("formula", tuple(NAMES))(codes.get(text, text))


def _hidden(text: str) -> ReadResult:
    """Names of controls, separated by commas."""
    names = [name for name in dict.fromkeys(text.replace(" ", "").split(",")) if name]
    known = [*table(Experiment), *HIDEABLE]
    unknown = ", ".join(name for name in names if name not in known)
    rule, hint = "must be names of controls: " + ", ".join(known), "Try hide=more,preset."
    notes = [ExplorerError("hide", rule, unknown, hint).sentence] if unknown or (text and not names) else []
    return ",".join(name for name in names if name in known) or None, notes


def _readers_of_lenses() -> dict[str, Reader]:
    """A reader for each choice of a lens that the link can have."""
    return {
        name: _reader_of_choice(table(lens.choices)[name], lens.choices.known())
        for lens in LENSES.values()
        for name in lens.chosen_on_page()
    }


def _reader_of_choice(row: Parameter, known: Mapping[str, Callable[[], Sequence[str]]]) -> Reader:
    if row.name in known:
        return one_of(row.name, known[row.name])
    if row.kind == "choice":
        return one_of(row.name, row.choices)
    return whole(row.name, int(row.lower or 0), int(row.upper or 0), int(row.stops[0]))


PAGE_READERS: dict[str, Reader] = {
    "story": one_of("story", tuple(all_stories())),
    "scene": whole("scene", 1, MOST_SCENES, 1),
    "hide": _hidden,
    "compare": truth("compare"),
    "view": one_of("view", VIEW_NAMES),
    **TRAINING_READERS,
    "formula": _formula,
    "lags": one_of("lags", tuple(ORDERS)),
    "derived_step": whole("derived_step", 1, MOST_STEPS, 2),
    "row": whole("row", 1, MOST_UNITS, 1),
    "column": whole("column", 1, MOST_UNITS, 1),
    "lens": one_of("lens", LENSES),
    **_readers_of_lenses(),
    "slow": _slow_unit,
    SEEDS: one_of(SEEDS, SEEDS_CHOICES),
    "pins": _pins,
    "drag": _dragged,
    **CLIFF_READERS,
}


def allowing(name: str) -> dict[str, Any]:
    """Settings beside which the parameter's own rule is the only one that can fail: small sizes, a fitting task."""
    small = {size: table(Experiment)[size].lower for size in ("seq_len", "hidden_size", "batch_size") if size != name}
    return {**small, "task": "noise"} if name == "input_size" else small
