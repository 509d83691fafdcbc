"""The arrays that a run reads: the experiment's own weights and sequences, or checked ones of the caller."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError, raise_all
from explorer.base.streams import generator
from explorer.engine.experiment import Experiment, memory_errors, memory_estimate
from explorer.model.cells import CELLS
from explorer.model.cells.contract import shapes
from explorer.model.initialisers import draw_weights
from explorer.model.tasks import TASKS

READOUT = ("weight_out", "bias_out")
MOST_CLASSES = 2**16
DRAWS_WEIGHTS = ("init", "gain", "input_gain", "bias_init")


@dataclass(frozen=True)
class Supply:
    """All arrays that one run reads, on the host.

    Attributes:
        weights: torch's names and shapes; without ``weight_out`` the output is h of the top layer.
        inputs: (T, B, I).
        initial_state: state name → (L, B, H).
        targets: (n, B, O) floats, or (n, B) classes, for the n steps with a loss; None with `output_grads`.
        output_grads: (T, B, O) given cotangents of the outputs, or None.
        output_size: O.
        supplied: the names of the arguments that the caller gave.
    """

    weights: Mapping[str, np.ndarray]
    inputs: np.ndarray
    initial_state: Mapping[str, np.ndarray]
    targets: np.ndarray | None
    output_grads: np.ndarray | None
    output_size: int
    supplied: tuple[str, ...]


def gather(
    e: Experiment,
    weights: Mapping[str, Any] | None = None,
    inputs: Any = None,
    targets: Any = None,
    initial_state: Mapping[str, Any] | None = None,
    output_grads: Any = None,
) -> Supply:
    """The arrays of one run; the arguments are those of `explorer.engine.run.run`.

    Raises:
        ExplorerError: names, shapes or values of the arguments break rules; it reports all of them at once.
    """
    given = {
        "weights": weights,
        "inputs": inputs,
        "targets": targets,
        "initial_state": initial_state,
        "output_grads": output_grads,
    }
    if targets is not None and output_grads is not None:
        raise ExplorerError("output_grads", "stand in place of targets", "both", "Give one of them.")
    checks = _Checks(e)
    own_input, own_output = TASKS[e.task].sizes(e.task_request)
    x = None if inputs is None else checks.floats("inputs", inputs, (e.seq_len, e.batch_size, None))
    y = None if targets is None else checks.targets(targets)
    cotangents = (
        None if output_grads is None else checks.floats("output_grads", output_grads, (e.seq_len, e.batch_size, None))
    )
    raise_all(checks.errors)

    input_size = own_input if x is None else x.shape[-1]
    w = None if weights is None else checks.weights(weights, input_size)
    initial = checks.initial_state(initial_state)
    raise_all(checks.errors)

    batch = (
        TASKS[e.task].draw(generator(e.seed, "task"), e.task_request)
        if x is None or (y is None and cotangents is None)
        else None
    )
    if w is None:
        output_size = _output_size(y, cotangents, own_output)
        w = draw_weights(e.recipe, input_size, output_size)
    output_size = w["weight_out"].shape[0] if "weight_out" in w else e.hidden_size
    if x is None:
        assert batch is not None
        x = batch.inputs
    if y is None and cotangents is None:
        assert batch is not None
        y = batch.targets
    _check_outputs(checks, y, cotangents, output_size, targets is not None)
    if inputs is not None or weights is not None:
        checks.errors += memory_errors(memory_estimate(e, input_size, output_size), e)
    raise_all(checks.errors)
    loss_targets = None if y is None else (y[-1:] if e.loss_at == "last" else y)
    supplied = tuple(name for name, value in given.items() if value is not None)
    return Supply(w, x, initial, loss_targets, cotangents, output_size, supplied)


def replaced_parameters(supplied: Collection[str], e: Experiment) -> frozenset[str]:
    """The names of parameters in whose place `supplied` arrays stand: what draws weights, and what makes sequences."""
    replaced: set[str] = set()
    has_outputs = "targets" in supplied or "output_grads" in supplied
    if "weights" in supplied:
        replaced |= {*DRAWS_WEIGHTS, *CELLS[e.cell].kind.bias_of}
    if "inputs" in supplied and has_outputs:
        replaced |= {"task", "text", "input_size"} | ({"seed"} if "weights" in supplied else set())
    elif "inputs" in supplied:
        replaced.add("input_size")
    if "output_grads" in supplied:
        replaced.add("loss_at")
    return frozenset(replaced)


def _output_size(y: np.ndarray | None, cotangents: np.ndarray | None, own: int) -> int:
    """O of the readout that is drawn when no weights are given: as its targets or cotangents need."""
    if cotangents is not None:
        return cotangents.shape[-1]
    if y is None:
        return own
    return y.shape[-1] if y.ndim == 3 else max(own, int(y.max()) + 1)


def _check_outputs(
    checks: _Checks, y: np.ndarray | None, cotangents: np.ndarray | None, output_size: int, given: bool
) -> None:
    name, array = ("output_grads", cotangents) if cotangents is not None else ("targets", y)
    assert array is not None
    hint = "" if given or cotangents is not None else "Give targets, or a weight_out that fits the task."
    if array.ndim == 3 and array.shape[-1] != output_size:
        checks.fail(name, f"must have {output_size} entries on the last axis, as the outputs have", array.shape, hint)
    if array.ndim == 2 and int(array.max()) >= output_size:
        rule = f"must be classes below {output_size}, the number of outputs"
        checks.fail(name, rule, f"class {int(array.max())}", hint)


class _Checks:
    """Collects errors, so that all of them are reported at once."""

    def __init__(self, e: Experiment) -> None:
        self.e = e
        self.errors: list[ExplorerError] = []

    def fail(self, name: str, rule: str, got: object, hint: str = "") -> None:
        self.errors.append(ExplorerError(name, rule, got, hint))

    def is_mapping(self, parameter: str, given: object) -> bool:
        """Whether `given` maps names to arrays; adds an error if not."""
        if not isinstance(given, Mapping):
            self.fail(parameter, "must be arrays by name, as a dict or a state_dict()", _type_name(given))
        return isinstance(given, Mapping)

    def floats(self, name: str, values: Any, shape: tuple[int | None, ...]) -> np.ndarray:
        """`values` as float64 of `shape`, in which None fits any size; zeros and an error where they do not fit."""
        array = _as_array(values)
        sizes = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"
        placeholder = np.zeros([1 if n is None else n for n in shape])
        if array.dtype.kind not in "fiu":
            self.fail(name, f"must be an array of numbers of shape {sizes}", _type_name(values))
            return placeholder
        fits = array.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, array.shape, strict=False))
        if not fits or array.size == 0:
            self.fail(name, f"must have the shape {sizes}", array.shape)
            return placeholder
        with np.errstate(over="ignore"):
            array = array.astype(np.float64)
        if not np.isfinite(array).all():
            index = np.argwhere(~np.isfinite(array))[0].tolist()
            self.fail(name, "must hold finite numbers", f"{array[tuple(index)]} at index {index}")
            return placeholder
        return array

    def weights(self, weights: Mapping[str, Any], input_size: int) -> dict[str, np.ndarray]:
        """The given weights, checked by name and shape; the readout may be missing as a whole."""
        if not self.is_mapping("weights", weights):
            return {}
        e = self.e
        expected: dict[str, tuple[int | None, ...]] = {}
        for layer in range(e.num_layers):
            layer_shapes = shapes(CELLS[e.cell].kind, e.hidden_size, input_size if layer == 0 else e.hidden_size)
            expected |= {f"{name}_l{layer}": shape for name, shape in layer_shapes.items()}
        if any(name in weights for name in READOUT):
            sizes = [_as_array(weights[name]).shape[:1] for name in READOUT if name in weights]
            outputs = max((size[0] for size in sizes if size), default=1) or 1
            expected |= {"weight_out": (outputs, e.hidden_size), "bias_out": (outputs,)}
        for name in [name for name in expected if name not in weights]:
            self.fail(name, f"must be given, with the shape {expected[name]}", "nothing")
        for name in [name for name in weights if name not in expected]:
            self.fail(str(name), f"is not a weight of this {e.cell}", "", f"Its weights are {', '.join(expected)}.")
        present = [name for name in expected if name in weights]
        if sum(_as_array(weights[name]).size == 0 for name in READOUT if name in present) == len(READOUT):
            present.remove("bias_out")  # an empty readout is one mistake, not two
        return {name: self.floats(name, weights[name], expected[name]) for name in present}

    def targets(self, targets: Any) -> np.ndarray:
        """`targets` as (n, B, O) floats or (n, B) integers, n = T or 1; their type and axes tell which were given."""
        e, array = self.e, _as_array(targets)
        every, last = ((e.seq_len, e.batch_size), (e.batch_size,))
        if array.dtype.kind in "iu":
            if array.shape not in (every, last):
                self.fail("targets", f"of integers must have the shape {every} or {last}", array.shape)
                return np.zeros(every, dtype=int)
            if array.min() < 0:
                self.fail("targets", "must be classes from 0 on", int(array.min()))
            if array.max() >= MOST_CLASSES:
                self.fail("targets", f"must be classes below {MOST_CLASSES:,}", f"class {int(array.max())}")
                return np.zeros(every, dtype=int)
            array = array if array.ndim == 2 else array[None]
        else:
            shape = (*every, None) if array.ndim == 3 else (*last, None)
            array = self.floats("targets", array if array.dtype.kind in "fiu" else targets, shape)
            array = array if array.ndim == 3 else array[None]
        if e.loss_at == "every" and len(array) != e.seq_len:
            rule = f'must have {e.seq_len} steps for loss_at "every"'
            self.fail("targets", rule, "one step", 'Give targets for all steps, or use loss_at "last".')
        return array

    def initial_state(self, given: Mapping[str, Any] | None) -> dict[str, np.ndarray]:
        """State name → (L, B, H), zeros where `given` has none."""
        if given is not None and not self.is_mapping("initial_state", given):
            return {}
        e, names = self.e, CELLS[self.e.cell].kind.states
        shape = (e.num_layers, e.batch_size, e.hidden_size)
        for name in [name for name in given or {} if name not in names]:
            self.fail(
                f"initial_state[{name!r}]", f"is not a state of {e.cell}", "", f"Its states are {', '.join(names)}."
            )
        states = {name: np.zeros(shape) for name in names}
        for name in names:
            if given is not None and name in given:
                states[name] = self.floats(f"initial_state[{name!r}]", given[name], shape)
        return states


def _as_array(values: Any) -> np.ndarray:
    """A torch tensor, a list or an array as NumPy; anything else as an object array, which the checks refuse."""
    try:
        if hasattr(values, "detach"):
            values = values.detach().cpu()
            values = (values.double() if values.is_floating_point() else values).numpy()
        return np.asarray(values)
    except (ValueError, TypeError, RuntimeError):
        return np.empty((), dtype=object)


def _type_name(values: Any) -> str:
    return f"an array of {values.dtype}" if hasattr(values, "dtype") else f"a {type(values).__name__}"
