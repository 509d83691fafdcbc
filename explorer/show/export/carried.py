"""The numbers that an exported script needs: in its code if they are few, else read from the run's npz beside it."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.run_inputs import gather
from explorer.engine.trace import Trace
from explorer.show.export.rounding_growth import programs_diverge

MOST_INSIDE = 800_000  # characters: an editor opens such a text without a pause
DENSEST = 40  # bytes per character of packed text at best: an array of ones and zeros
WIDTH = 116
Loss = Literal["classes", "squares", "cotangents"]


@dataclass(frozen=True)
class ScriptNumbers:
    """Code that defines INPUTS, INITIAL, WEIGHTS, TARGETS and EXPLORER, and STATES if the run is anchored to them.

    Attributes:
        inside: whether the code holds all digits; otherwise it reads an npz.
        loss: what TARGETS are: classes, numbers, or ∂L/∂outputs if the targets are unknown or too many to embed.
        anchored: whether each step starts from the explorer's states, because the run amplifies rounding.
    """

    code: str
    inside: bool
    loss: Loss
    anchored: bool


def script_numbers(trace: Trace, npz_name: str, most: int = MOST_INSIDE) -> ScriptNumbers:
    """The numbers of a run as code, all of them embedded if that takes at most `most` characters.

    Args:
        npz_name: name of the file written by `Trace.save`; the code reads it otherwise.
    """
    targets, anchored = _targets(trace), programs_diverge(trace)
    loss: Loss = "cotangents" if targets is None else "classes" if targets.dtype.kind in "iu" else "squares"
    arrays = {"TARGETS": trace.output_grads if targets is None else targets, **_arrays(trace, anchored)}
    if sum(array.nbytes for array in arrays.values()) < DENSEST * most:
        code = UNPACK + _bindings({name: _packed(array) for name, array in arrays.items()}, trace, loss)
        if len(code) <= most:
            return ScriptNumbers(code, True, loss, anchored)
    calls = {name: f"array({place!r}){cut}" for name, (place, cut) in _places(trace, anchored).items()}
    code, target_call = READ.format(name=npz_name), "array('output_grads')"
    if targets is not None and targets.nbytes < DENSEST * most and len(packed := _packed(targets)) <= most:
        code, target_call = code + UNPACK, packed
    else:
        loss = "cotangents"
    return ScriptNumbers(code + _bindings({"TARGETS": target_call, **calls}, trace, loss), False, loss, anchored)


def _targets(trace: Trace) -> np.ndarray | None:
    """The targets of the loss; None if the caller supplied them, because a trace does not store them."""
    if {"targets", "output_grads"} & set(trace.supplied):
        return None
    supplied = {name: getattr(trace, name) for name in ("weights", "inputs") if name in trace.supplied}
    return gather(trace.experiment, **supplied).targets


def _arrays(trace: Trace, anchored: bool) -> dict[str, np.ndarray]:
    """Every array that the script reads or compares, by a path such as ``WEIGHTS/weight_out``."""
    arrays = {"INPUTS": trace.inputs}
    groups: dict[str, Mapping[str, np.ndarray]] = {
        "INITIAL": {name: states[:, 0] for name, states in trace.states.items()},
        "WEIGHTS": trace.weights,
        "norms": trace.log10_state_grad_norm,
        "shares": trace.log10_step_weight_grad_norm,
        "gradients": trace.weight_grads,
    }
    if trace.clip.engaged:
        groups["clipped"] = trace.clipped_weight_grads
    if anchored:
        groups["STATES"] = trace.states
    return arrays | {f"{group}/{name}": array for group, members in groups.items() for name, array in members.items()}


def _places(trace: Trace, anchored: bool) -> dict[str, tuple[str, str]]:
    """The same paths → the array's name in the npz, and the slice of it to take."""
    field = {
        "WEIGHTS": "weights",
        "STATES": "states",
        "norms": "log10_state_grad_norm",
        "shares": "log10_step_weight_grad_norm",
        "gradients": "weight_grads",
        "clipped": "clipped_weight_grads",
    }
    places = {}
    for path in _arrays(trace, anchored):
        group, _, name = path.partition("/")
        places[path] = {"INPUTS": ("inputs", ""), "INITIAL": (f"states/{name}", "[:, 0]")}.get(
            group, (f"{field.get(group)}/{name}", "")
        )
    return places


def _bindings(expressions: Mapping[str, str], trace: Trace, loss: Loss) -> str:
    """The script's assignments; the explorer's results are one table. With cotangents there is no loss to compare."""
    text = "\n".join(f"{name} = {expressions[name]}" for name in ("INPUTS", "TARGETS"))
    anchors = ["STATES"] if any(path.startswith("STATES/") for path in expressions) else []
    for group in ("INITIAL", "WEIGHTS", *anchors):
        text += f"\n{group} = {_table(expressions, group)}"
    groups = ("norms", "shares", "gradients", *(("clipped",) if trace.clip.engaged else ()))
    tables = "".join(f'    "{group}": {_table(expressions, group, 4)},\n' for group in groups)
    if loss != "cotangents":
        tables = f'    "loss": {{"loss": torch.tensor([{_number(trace.loss)}])}},\n{tables}'
    return f"{text}\nEXPLORER = {{\n{tables}}}\n"


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'


def _table(expressions: Mapping[str, str], group: str, indent: int = 0) -> str:
    pad = " " * indent
    rows = [
        f'{pad}    "{path.partition("/")[2]}": {text},\n'
        for path, text in expressions.items()
        if path.startswith(f"{group}/")
    ]
    return "{\n" + "".join(rows) + pad + "}"


def _packed(array: np.ndarray) -> str:
    """Source of a call of `unpacked` that restores the array to the last bit, from zlib's bytes in base64."""
    data = np.ascontiguousarray(array, dtype=np.int64 if array.dtype.kind in "iu" else np.float64)
    digits = base64.b64encode(zlib.compress(data.astype(data.dtype.newbyteorder("<")).tobytes(), 9)).decode("ascii")
    return f'unpacked("{data.dtype.name}", {list(data.shape)}, """\n{textwrap.fill(digits, WIDTH)}\n""")'


UNPACK = '''
def unpacked(kind, shape, digits):
    """Numbers to the last bit: their bytes, compressed, spelled with 64 letters."""
    content = bytearray(zlib.decompress(base64.b64decode(digits)))
    return torch.frombuffer(content, dtype=getattr(torch, kind)).reshape(shape)


'''

READ = '''
import ast
import sys
import zipfile

NPZ = sys.argv[1] if sys.argv[1:] and sys.argv[1].endswith(".npz") else "{name}"


def array(name):
    """One array of the explorer's npz: a zip of files that say kind, order and shape, and then hold the numbers."""
    with zipfile.ZipFile(NPZ) as archive:
        content = archive.read(f"{{name}}.npy")
    width = 2 if content[6] == 1 else 4  # of the header's length, by version
    start = 8 + width + int.from_bytes(content[8 : 8 + width], "little")
    header = ast.literal_eval(content[8 + width : start].decode("latin1"))
    kind = {{"<f8": torch.float64, "<f4": torch.float32, "<i8": torch.int64}}[header["descr"]]
    numbers = torch.frombuffer(bytearray(content[start:]), dtype=kind)
    shape = header["shape"]
    if header["fortran_order"]:
        numbers = numbers.reshape(shape[::-1]).permute(*reversed(range(len(shape))))
    else:
        numbers = numbers.reshape(shape)
    return numbers if kind == torch.int64 else numbers.double()


'''
