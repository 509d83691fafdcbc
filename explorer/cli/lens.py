"""The command ``lens``: any lens of the page, as sentences or as numbers for another program."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.cli.flags import add_flags, chosen_experiment
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import gradient_flow
from explorer.questions.lenses.by_name import LENSES
from explorer.questions.lenses.eigenvalues import Eigenvalues
from explorer.questions.lenses.reach import far_part
from explorer.questions.lenses.windows import BothWays
from explorer.show.export.numbers_json import as_words
from explorer.show.words import say
from explorer.show.words.lenses import bound_sentence, far_sentence, spectrum_sentence, truncation_sentences
from explorer.show.words.numbers import short
from explorer.show.words.rates import fan_sentence, lyapunov_sentences
from explorer.show.words.ways import direct_sentence, paths_sentences, saturation_sentence

WINDOW, APART = 20, 20
WIDTH = 24  # of the names in a list of numbers


def add_lens(commands: Any) -> None:
    """The command and its flags."""
    lens = commands.add_parser(
        "lens", help=say("command", "lens"), description=say("command", "lens"), allow_abbrev=False
    )
    lens.add_argument("name", help=", ".join(LENSES))
    lens.add_argument("preset", nargs="?", help=say("command", "preset"))
    add_flags(lens, Experiment)
    lens.add_argument("--json", action="store_true", help=say("command", "json"))
    lens.set_defaults(action=_look)


def _look(chosen: argparse.Namespace) -> int:
    check_name(chosen.name)
    trace = run(chosen_experiment(chosen))
    print((lens_json if chosen.json else lens_text)(chosen.name, trace))
    return 0


def check_name(name: str) -> None:
    """Raises `ExplorerError` with the nearest name if there is no lens `name`."""
    if name not in LENSES:
        near = difflib.get_close_matches(name, LENSES, n=1)
        raise ExplorerError("lens", "must be one of " + ", ".join(LENSES), name, f"Try {near[0] if near else 'reach'}.")


def lens_json(name: str, trace: Trace) -> str:
    """The record as JSON: arrays as lists, a complex number as [real, imaginary], what is not finite as a word."""
    seen = {"lens": name, "experiment": trace.experiment.model_dump(), "record": plain(LENSES[name](trace))}
    return json.dumps(as_words(seen), ensure_ascii=False, allow_nan=False)


def lens_text(name: str, trace: Trace) -> str:
    """The lens's question, what it answers, and what its record holds."""
    record = LENSES[name](trace)
    question = say("lens_question", name).replace("**", "")
    return "\n".join([question, *(s.replace("**", "") for s in _sentences(name, record, trace)), *numbers(record)])


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


def _sentences(name: str, record: Any, trace: Trace) -> tuple[str, ...]:
    """Those that the page says too; a lens that says none is told by its numbers alone."""
    return SENTENCES.get(name, lambda record, trace: ())(record, trace)


def _of_reach(record: Any, trace: Trace) -> tuple[str, ...]:
    T = trace.experiment.seq_len
    part = far_part(trace, (T + 1) // 2, min(APART, max(1, T // 4)))
    return (far_sentence(part, trace.experiment, float(trace.log10_state_grad_norm["h"][-1, -1])),)


def _of_truncation(record: BothWays, trace: Trace) -> tuple[str, ...]:
    e = trace.experiment
    window = min(WINDOW, e.seq_len)
    ways = {"sliding": record.sliding, "chunks": record.chunks}
    return tuple(
        f"{say('command', f'truncated_{way}')} {truncation_sentences(left, window, e, way)[0]}"
        for way, left in ways.items()
    )


def _of_eigenvalues(record: Eigenvalues, trace: Trace) -> tuple[str, ...]:
    weights = [spectrum_sentence(spectrum) for spectrum in record.recurrent if spectrum.name == record.main]
    step = spectrum_sentence(record.jacobian, record.step)
    return (*weights, step, bound_sentence(record.bound, gradient_flow(trace).decay))


SENTENCES: dict[str, Callable[[Any, Trace], tuple[str, ...]]] = {
    "reach": _of_reach,
    "jacobian": lambda record, trace: (fan_sentence(record),),
    "lyapunov": lambda record, trace: lyapunov_sentences(record),
    "truncation": _of_truncation,
    "eigenvalues": _of_eigenvalues,
    "paths": lambda record, trace: paths_sentences(record, trace.experiment),
    "saturation": lambda record, trace: (saturation_sentence(record),),
    "direct": lambda record, trace: (direct_sentence(record, trace.experiment),),
}
