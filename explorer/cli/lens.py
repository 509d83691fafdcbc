"""The command ``lens``: any lens of the page, as sentences or as numbers for another program."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.cli.flags import add_flag, add_flags, chosen_experiment
from explorer.cli.progress import watched
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.show.export.numbers_json import as_words
from explorer.show.lenses import LENSES
from explorer.show.lenses.contract import Choices
from explorer.show.words import say
from explorer.show.words.labels import lens_question
from explorer.show.words.numbers import short

WIDTH = 24  # of the names in a list of numbers


def add_lens(commands: Any) -> None:
    """The command, with the flags of an experiment and of all lenses' choices."""
    lens = commands.add_parser(
        "lens", help=say("command", "lens"), description=say("command", "lens"), allow_abbrev=False
    )
    lens.add_argument("name", help=", ".join(LENSES))
    lens.add_argument("preset", nargs="?", help=say("command", "preset"))
    add_flags(lens, Experiment)
    for name, row in _choices_of_all().items():
        add_flag(lens, row, say("lens_choice", name))
    lens.add_argument("--json", action="store_true", help=say("command", "json"))
    lens.set_defaults(action=_look)


def _choices_of_all() -> dict[str, Any]:
    return {name: row for lens in LENSES.values() for name, row in table(lens.choices).items()}


def _look(chosen: argparse.Namespace) -> int:
    check_name(chosen.name)
    given = {name: getattr(chosen, f"set_{name}") for name in _choices_of_all()}
    choices = LENSES[chosen.name].choices.of({name: value for name, value in given.items() if value is not None})
    trace = run(chosen_experiment(chosen))
    print((lens_json if chosen.json else lens_text)(chosen.name, trace, choices))
    return 0


def check_name(name: str) -> None:
    """Raises `ExplorerError` with the nearest name if there is no lens `name`."""
    if name not in LENSES:
        near = difflib.get_close_matches(name, LENSES, n=1)
        raise ExplorerError("lens", "must be one of " + ", ".join(LENSES), name, f"Try {near[0] if near else 'reach'}.")


def lens_json(name: str, trace: Trace, choices: Choices | None = None) -> str:
    """The record as JSON: arrays as lists, a complex number as [real, imaginary], what is not finite as a word.

    Raises:
        ExplorerError: a choice does not fit this trace.
    """
    lens = LENSES[name]
    record = watched(lens.look(trace, (choices or lens.choices()).settled(trace), {"record"}))["record"]
    seen = {"lens": name, "experiment": trace.experiment.model_dump(), "record": plain(record)}
    return json.dumps(as_words(seen), ensure_ascii=False, allow_nan=False)


def lens_text(name: str, trace: Trace, choices: Choices | None = None) -> str:
    """The lens's question, what it answers, and what its record holds.

    Raises:
        ExplorerError: a choice does not fit this trace.
    """
    lens, settled = LENSES[name], (choices or LENSES[name].choices()).settled(trace)
    needed = {part for part in lens.parts if not lens.parts[part].drawn_only}
    found = watched(lens.look(trace, settled, needed))
    told = (lens_question(name), *lens.sentences(found, trace, settled))
    return "\n".join([*(text.replace("**", "") for text in told), *numbers(found["record"])])


def plain(value: Any) -> Any:
    """Records as dictionaries, arrays as lists; what JSON holds stays what it is."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(np.stack([value.real, value.imag], axis=-1)) if np.iscomplexobj(value) else value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def numbers(value: Any, name: str = "") -> list[str]:
    """A line for each entry of a record: a number as it is, of an array the shape and what it lies between."""
    if is_dataclass(value):
        parts: Any = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        parts = [(getattr(item, "name", number), item) for number, item in enumerate(value, start=1)]
    else:
        return [f"  {name:<{WIDTH}}  {_one_number(value)}"]
    return [line for key, item in parts for line in numbers(item, f"{name}.{key}" if name else str(key))]


def _one_number(value: Any) -> str:
    if isinstance(value, np.ndarray):
        size = np.abs(value) if np.iscomplexobj(value) else value
        finite = size[np.isfinite(size)] if np.issubdtype(size.dtype, np.number) else size[:0]
        shape = " × ".join(map(str, value.shape))
        key = "modulus" if np.iscomplexobj(value) else "range"
        worded = str if np.issubdtype(size.dtype, np.integer) else short
        ends = say("command", key, least=worded(finite.min()), most=worded(finite.max())) if finite.size else ""
        return f"{shape}  {ends}".rstrip()
    if isinstance(value, float | np.floating):
        return short(float(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
