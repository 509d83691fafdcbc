"""The record of one run, from which all figures, verdicts and files are made."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from os import PathLike
from tokenize import TokenError
from types import MappingProxyType
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.run_inputs import replaced_parameters
from explorer.model.clipping import ClipReport

FORMAT = 2
UNREADABLE = (
    OSError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    NotImplementedError,
    BadZipFile,
    TokenError,  # of a header that NumPy reads as Python's text
    zlib.error,
    struct.error,
)
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Trace:
    """One exact forward and backward pass. Arrays are read-only NumPy; see the README for the letters of the axes.

    Attributes:
        experiment: the experiment that was run.
        states: state name (``h``, ``c`` of an LSTM) → (L, T+1, B, H); index 0 is the initial state.
        gates: gate name → (L, T, B, H); empty for a cell without gates.
        outputs: (T, B, O): the readout, or h of the top layer where the weights have no readout.
        output_grads: (n, B, O): ∂L/∂outputs at the n steps with a loss (or given cotangents), which are the last n.
        loss: (1/B) Σ_b Σ_t ℓ(t, b) over the steps with a loss; NaN where cotangents were given instead of targets.
        step_loss: (T,) each step's share of `loss`; 0 at steps without a loss.
        state_grads: ``h``, … → (L, T+1, B, H): total derivatives ∂L/∂h_t, ∂L/∂c_t as plain floats, whose range
            ends near 1e±308; that of `log10_state_grad_norm` does not.
        log10_state_grad_norm: ``h``, … → (L, T+1): log10 of the norm over batch and units; −inf only for an
            exact zero, NaN where it does not exist (the forward pass overflowed).
        weight_grads: parameter → its gradient, summed over the steps; shapes are torch's.
        clipped_weight_grads: the same after clipping.
        clip: the effect of clipping.
        log10_step_weight_grad_norm: parameter → (T,): log10 of the norm of step t's own contribution.
        overflow_step: the first step (1-based) with a state or output that is not finite, or None.
        weights: the weights of the run, with torch's names and shapes.
        inputs: (T, B, I), the sequences of the run.
        supplied: the names of the arrays (weights, inputs, targets, …) that the caller gave.
        backend: the backend and device of the run, such as ``numpy`` or ``torch cuda``.
        seconds: wall time of the pass, shared evenly among the lanes of one pass.
    """

    experiment: Experiment
    states: Arrays
    gates: Arrays
    outputs: np.ndarray
    output_grads: np.ndarray
    loss: float
    step_loss: np.ndarray
    state_grads: Arrays
    log10_state_grad_norm: Arrays
    weight_grads: Arrays
    clipped_weight_grads: Arrays
    clip: ClipReport
    log10_step_weight_grad_norm: Arrays
    overflow_step: int | None
    weights: Arrays
    inputs: np.ndarray
    supplied: tuple[str, ...]
    backend: str
    seconds: float

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Mapping):
                object.__setattr__(self, field.name, MappingProxyType({k: _read_only(v) for k, v in value.items()}))
            elif isinstance(value, np.ndarray):
                object.__setattr__(self, field.name, _read_only(value))

    @property
    def loss_steps(self) -> np.ndarray:
        """(n,) the steps (1-based) at which a loss, or a given cotangent, sends a gradient that is not exactly zero."""
        sends = (self.output_grads != 0).any(axis=(1, 2))
        return np.flatnonzero(sends) + self.experiment.seq_len - len(sends) + 1

    @property
    def last_loss(self) -> int:
        """The last of these steps: what lies behind it is padding, or not asked for; T where there is none."""
        steps = self.loss_steps
        return int(steps[-1]) if len(steps) else self.experiment.seq_len

    @property
    def without_effect(self) -> frozenset[str]:
        """The names of the experiment's parameters that change nothing in this run, supplied arrays included."""
        return self.experiment.without_effect | replaced_parameters(self.supplied, self.experiment)

    @property
    def step_weight_grad_norm(self) -> dict[str, np.ndarray]:
        """Parameter → (T,): the norm of step t's own contribution as a plain float (0 below 1e-308)."""
        with np.errstate(over="ignore", under="ignore"):
            return {name: 10.0**value for name, value in self.log10_step_weight_grad_norm.items()}

    @property
    def nbytes(self) -> int:
        """Bytes held by all arrays."""
        values = [getattr(self, field.name) for field in fields(self)]
        return sum(
            sum(a.nbytes for a in v.values()) if isinstance(v, Mapping) else getattr(v, "nbytes", 0) for v in values
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the trace to one npz file, without pickles.

        Raises:
            OSError: the file cannot be written.
        """
        arrays: dict[str, np.ndarray] = {}
        header: dict[str, Any] = {
            "format": FORMAT,
            "experiment": self.experiment.model_dump(),
            "clip": asdict(self.clip),
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Mapping):
                header[field.name] = list(value)
                arrays |= {f"{field.name}/{key}": array for key, array in value.items()}
            elif isinstance(value, np.ndarray):
                arrays[field.name] = value
            elif field.name not in header:
                header[field.name] = value
        with open(path, "wb") as file:
            np.savez_compressed(file, header=np.array(json.dumps(header)), **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """The trace in a file that `save` wrote.

        Raises:
            ExplorerError: the file is not a trace, or not of this format.
        """
        try:
            # opened here, because numpy does not close a file that is not an archive
            with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                if header["format"] != FORMAT:
                    raise ExplorerError("trace", f"must have format {FORMAT}", header["format"], "Run it again.")
                return cls(**{field.name: _field_value(field.name, file, header) for field in fields(cls)})
        except ExplorerError:
            raise
        except UNREADABLE as failure:
            raise ExplorerError("trace", "must be a file written by `Trace.save`", path, "") from failure


def _field_value(name: str, file: Any, header: dict[str, Any]) -> Any:
    match name:
        case "experiment":
            return Experiment.of(header[name])
        case "clip":
            return ClipReport(**header[name])
        case "supplied":
            return tuple(header[name])
    if name not in header:
        return file[name]
    value = header[name]
    return {key: file[f"{name}/{key}"] for key in value} if isinstance(value, list) else value


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
