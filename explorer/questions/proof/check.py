"""The engine compared with torch autograd and finite differences, on this machine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.base.backend import torch_is_installed
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.run_inputs import gather
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.questions.proof.oracle import Answer, autograd
from explorer.questions.proof.plain_cells import plain_step

TOLERANCES = {"float64": 1e-10, "float32": 1e-4}
DIFFERENCE_TOLERANCE = 1e-6
NUDGE = 1e-6


@dataclass(frozen=True)
class Check:
    """One comparison: `worst` is the largest relative error, at `where`."""

    against: str
    name: str
    worst: float
    where: str
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the largest error is within the tolerance."""
        return self.worst <= self.tolerance


def all_checks() -> Iterator[Check]:
    """Check every cell on every installed backend, with one and two layers, both losses and both precisions."""
    backends = ("numpy", "torch") if torch_is_installed() else ()
    comparable = [cell for cell in CELLS if plain_step(cell) is not None]
    for cell, backend, dtype in itertools.product(comparable, backends, TOLERANCES):
        yield _against_autograd(cell, backend, dtype)
    for cell in CELLS:
        yield _against_differences(cell)


def _against_autograd(cell: str, backend: str, dtype: str) -> Check:
    errors: dict[str, float] = {}
    for layers, task, loss_at in itertools.product((1, 2), ("noise", "copy"), ("last", "every")):
        choices = {"cell": cell, "backend": backend, "dtype": dtype, "task": task, "loss_at": loss_at}
        e = Experiment.of({**choices, "num_layers": layers, "seq_len": 20, "hidden_size": 6, "batch_size": 3})
        found = relative_errors(run(e), _answer_for_all_backends(e.replace(backend="numpy", dtype="float64")))
        errors |= {name: max(error, errors.get(name, 0.0)) for name, error in found.items()}
    where = max(errors, key=lambda name: errors[name])
    return Check(f"torch autograd in {dtype}", f"{cell}, {backend}", errors[where], where, TOLERANCES[dtype])


@lru_cache(8)
def _answer_for_all_backends(e: Experiment) -> Answer:
    """Of one cell: weights and inputs are drawn in float64, whatever computes with them."""
    return answer_to(e)


def answer_to(e: Experiment) -> Answer:
    """The numbers of an experiment by torch autograd.

    Raises:
        ExplorerError: the cell has no plain step, or torch is not installed.
    """
    supply = gather(e)
    return autograd(
        e.cell, e.activation, supply.weights, supply.inputs, supply.initial_state, supply.targets, e.loss_at
    )


def relative_errors(trace: Trace, answer: Answer) -> dict[str, float]:
    """Field → the largest error relative to the largest value of that field; state gradients step by step."""
    errors = {"outputs": relative_error(trace.outputs, answer.outputs), "loss": relative_error(trace.loss, answer.loss)}
    groups: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
        "states": (trace.states, answer.states),
        "gates": (trace.gates, answer.gates),
        "weight_grads": (trace.weight_grads, answer.weight_grads),
        "step_weight_grad_norm": (trace.step_weight_grad_norm, answer.step_weight_grad_norm),
    }
    for field, (ours, theirs) in groups.items():
        errors |= {f"{field}[{name!r}]": relative_error(ours[name], value) for name, value in theirs.items()}
    for name in trace.state_grads:  # a state that only sets a scale has no derivative to compare
        value = answer.state_grads[name]
        per_step = (relative_error(trace.state_grads[name][:, t], value[:, t]) for t in range(value.shape[1]))
        errors[f"state_grads[{name!r}]"] = max(per_step)
    return errors


def relative_error(ours: Any, theirs: Any) -> float:
    """The largest difference, relative to the largest value of `theirs`; absolute where that is zero."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = float(np.abs(theirs).max(initial=0.0))
    return float(np.abs(ours - theirs).max(initial=0.0)) / (scale if scale > 0 else 1.0)


def _against_differences(cell: str) -> Check:
    """Check a few entries of every weight by central differences of the loss."""
    e = Experiment(task="noise", loss_at="every", seq_len=12, hidden_size=5, batch_size=3).replace(cell=cell)
    trace, rng = run(e), np.random.default_rng(0)
    worst, where = 0.0, ""
    for name, weight in trace.weights.items():
        for index in rng.integers(weight.size, size=3):
            losses = []
            for sign in (1.0, -1.0):
                weights = {n: w.copy() for n, w in trace.weights.items()}
                weights[name].flat[index] += sign * NUDGE
                losses.append(run(e, weights=weights).loss)
            slope = (losses[0] - losses[1]) / (2 * NUDGE)
            error = abs(slope - trace.weight_grads[name].flat[index]) / max(1.0, abs(slope))
            worst, where = max((worst, where), (error, name))
    return Check("finite differences", cell, worst, where, DIFFERENCE_TOLERANCE)
