"""The numbers that a script needs: inside of it where they are few, else in the run's npz that lies beside it."""

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
from explorer.show.export.rounding_growth import parts_programs

MOST_INSIDE = 800_000  # characters: an editor opens such a text without a pause
DENSEST = 40  # bytes that one character may stand for, where an array is ones and zeros
WIDTH = 116
Loss = Literal["classes", "squares", "cotangents"]


@dataclass(frozen=True)
class Carried:
    """Code that binds INPUTS, INITIAL, WEIGHTS, TARGETS and EXPLORER, and STATES where the walk is anchored to them.

    Attributes:
        inside: whether the digits are all in the code; else it reads an npz.
        loss: what TARGETS are: classes, numbers, or ∂L/∂outputs where the targets are too many to carry.
        anchored: whether each step is to start from the explorer's states, as the run makes rounding large.
    """

    code: str
    inside: bool
    loss: Loss
    anchored: bool


def carried(trace: Trace, npz_name: str, most: int = MOST_INSIDE) -> Carried:
    """Everything inside if that takes at most `most` characters.

    Args:
        npz_name: of the file written by `Trace.save` that is read otherwise.
    """
    targets, anchored = _targets(trace), parts_programs(trace)
    loss: Loss = "cotangents" if targets is None else "classes" if targets.dtype.kind in "iu" else "squares"
    arrays = {"TARGETS": trace.output_grads if targets is None else targets, **_arrays(trace, anchored)}
    if sum(array.nbytes for array in arrays.values()) < DENSEST * most:
        code = UNPACK + _bindings({name: _packed(array) for name, array in arrays.items()}, trace, loss)
        if len(code) <= most:
            return Carried(code, True, loss, anchored)
    read = {name: f"array({place!r}){cut}" for name, (place, cut) in _places(trace, anchored).items()}
    code, kept = READ.format(name=npz_name), "array('output_grads')"
    if targets is not None and targets.nbytes < DENSEST * most and len(packed := _packed(targets)) <= most:
        code, kept = code + UNPACK, packed
    else:
        loss = "cotangents"
    return Carried(code + _bindings({"TARGETS": kept, **read}, trace, loss), False, loss, anchored)


def _targets(trace: Trace) -> np.ndarray | None:
    """What the outputs are compared with; None where the caller gave it, as a trace does not keep it."""
    if {"targets", "output_grads"} & set(trace.supplied):
        return None
    given = {name: getattr(trace, name) for name in ("weights", "inputs") if name in trace.supplied}
    return gather(trace.experiment, **given).targets


def _arrays(trace: Trace, anchored: bool) -> dict[str, np.ndarray]:
    """Every number that is read or compared, by a path of names."""
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
    return arrays | {f"{group}/{name}": array for group, of in groups.items() for name, array in of.items()}


def _places(trace: Trace, anchored: bool) -> dict[str, tuple[str, str]]:
    """The same paths → where the npz has the array, and what of it is meant."""
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


def _bindings(found: Mapping[str, str], trace: Trace, loss: Loss) -> str:
    """Assignments; what the explorer found is one table. A sum over cotangents has no loss to be compared."""
    text = "\n".join(f"{name} = {found[name]}" for name in ("INPUTS", "TARGETS"))
    anchors = ["STATES"] if any(path.startswith("STATES/") for path in found) else []
    for group in ("INITIAL", "WEIGHTS", *anchors):
        text += f"\n{group} = {_table(found, group)}"
    groups = ("norms", "shares", "gradients", *(("clipped",) if trace.clip.engaged else ()))
    tables = "".join(f'    "{group}": {_table(found, group, 4)},\n' for group in groups)
    if loss != "cotangents":
        tables = f'    "loss": {{"loss": torch.tensor([{_number(trace.loss)}])}},\n{tables}'
    return f"{text}\nEXPLORER = {{\n{tables}}}\n"


def _number(value: float) -> str:
    return repr(value) if np.isfinite(value) else f'float("{value}")'


def _table(found: Mapping[str, str], group: str, indent: int = 0) -> str:
    pad = " " * indent
    rows = [
        f'{pad}    "{path.partition("/")[2]}": {text},\n'
        for path, text in found.items()
        if path.startswith(f"{group}/")
    ]
    return "{\n" + "".join(rows) + pad + "}"


def _packed(array: np.ndarray) -> str:
    """A call of `unpacked` that gives the array back to the last bit: zlib's bytes as base64."""
    whole = np.ascontiguousarray(array, dtype=np.int64 if array.dtype.kind in "iu" else np.float64)
    digits = base64.b64encode(zlib.compress(whole.astype(whole.dtype.newbyteorder("<")).tobytes(), 9)).decode("ascii")
    return f'unpacked("{whole.dtype.name}", {list(whole.shape)}, """\n{textwrap.fill(digits, WIDTH)}\n""")'


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
