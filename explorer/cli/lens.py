"""The command ``lens``: print any lens of the page as sentences, or as JSON for another program."""

from __future__ import annotations

import argparse
import difflib
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
from explorer.show.export.json_text import json_text
from explorer.show.export.numbers_json import used_settings
from explorer.show.lenses import LENSES
from explorer.show.lenses.contract import Choices
from explorer.show.words import say
from explorer.show.words.labels import lens_question
from explorer.show.words.numbers import short

WIDTH = 24  # characters of the name column


def add_lens(commands: Any) -> None:
    """Add the command, with a flag for each parameter of an experiment and each choice of any lens."""
    lens = commands.add_parser(
        "lens", help=say("command", "lens"), description=say("command", "lens"), allow_abbrev=False
    )
    lens.add_argument("name", help=", ".join(LENSES))
    lens.add_argument("preset", nargs="?", help=say("command", "preset"))
    add_flags(lens, Experiment)
    for name, row in _all_choices().items():
        add_flag(lens, row, say("lens_choice", name))
    lens.add_argument("--json", action="store_true", help=say("command", "json"))
    lens.set_defaults(action=_print_lens)


def _all_choices() -> dict[str, Any]:
    return {name: row for lens in LENSES.values() for name, row in table(lens.choices).items()}


def _print_lens(args: argparse.Namespace) -> int:
    check_name(args.name)
    given = {name: getattr(args, f"set_{name}") for name in _all_choices()}
    choices = LENSES[args.name].choices.of({name: value for name, value in given.items() if value is not None})
    trace = run(chosen_experiment(args))
    print((lens_json if args.json else lens_text)(args.name, trace, choices))
    return 0


def check_name(name: str) -> None:
    """Check that there is a lens `name`.

    Raises:
        ExplorerError: there is none; the hint is the nearest name.
    """
    if name not in LENSES:
        near = difflib.get_close_matches(name, LENSES, n=1)
        raise ExplorerError("lens", "must be one of " + ", ".join(LENSES), name, f"Try {near[0] if near else 'reach'}.")


def lens_json(name: str, trace: Trace, choices: Choices | None = None) -> str:
    """The record as JSON: arrays as lists, complex numbers as [real, imaginary], null (explained) where not finite.

    Raises:
        ExplorerError: a choice does not fit this trace.
    """
    lens = LENSES[name]
    record = watched(lens.look(trace, (choices or lens.choices()).settled(trace), {"record"}))["record"]
    settings, reasons = used_settings(trace)
    return json_text({"lens": name, "experiment": settings, "record": plain(record)}, reasons)


def lens_text(name: str, trace: Trace, choices: Choices | None = None) -> str:
    """The lens's question, its answer in sentences, and a line for each entry of its record.

    Raises:
        ExplorerError: a choice does not fit this trace.
    """
    lens, settled = LENSES[name], (choices or LENSES[name].choices()).settled(trace)
    part_names = {part for part in lens.parts if not lens.parts[part].drawn_only}
    parts = watched(lens.look(trace, settled, part_names))
    sentences = (lens_question(name), *lens.sentences(parts, trace, settled))
    return "\n".join([*(text.replace("**", "") for text in sentences), *numbers(parts["record"])])


def plain(value: Any) -> Any:
    """Records as dictionaries, arrays as lists, complex arrays with a last axis (real, imaginary); else unchanged."""
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
    """A line for each entry of a record: a number in full, an array by its shape and range."""
    if is_dataclass(value):
        parts: Any = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        parts = [(getattr(item, "name", number), item) for number, item in enumerate(value, start=1)]
    else:
        return [f"  {name:<{WIDTH}}  {_number_text(value)}"]
    return [line for key, item in parts for line in numbers(item, f"{name}.{key}" if name else str(key))]


def _number_text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        size = np.abs(value) if np.iscomplexobj(value) else value
        finite = size[np.isfinite(size)] if np.issubdtype(size.dtype, np.number) else size[:0]
        shape = " × ".join(map(str, value.shape))
        key = "modulus" if np.iscomplexobj(value) else "range"
        as_text = str if np.issubdtype(size.dtype, np.integer) else short
        bounds = say("command", key, least=as_text(finite.min()), most=as_text(finite.max())) if finite.size else ""
        return f"{shape}  {bounds}".rstrip()
    if isinstance(value, float | np.floating):
        return short(float(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
