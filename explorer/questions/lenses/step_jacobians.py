"""The Jacobian of every step, ∂s_t/∂s_{t−1}, with the cell's states side by side in s (for an LSTM [h c]).

They belong to one layer's own recurrence, without the other layers' work within a step: the Jacobian of a whole stack
would be block triangular with these on its diagonal. They belong to one sequence, since the sequences of a batch do
not interact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.base.errors import raise_all
from explorer.engine.experiment import memory_errors
from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import WIDE, LinearSteps, stretches


def step_jacobians(trace: Trace, layer: int = -1, sequence: int = 0) -> np.ndarray:
    """(T, S·H, S·H) float64; row i of the first is ∂(state i at step 1)/∂(initial states).

    NaN from the step on at which the forward pass overflowed.

    Raises:
        ExplorerError: there is no such layer or sequence, or all Jacobians together exceed the memory budget;
            `jacobian_stretches` never does.
    """
    steps = LinearSteps(trace, layer, sequence)
    raise_all(memory_errors(8 * steps.steps * steps.size**2, trace.experiment))
    return np.concatenate([jacobians for _, jacobians in jacobian_stretches(trace, layer, sequence)])


def jacobian_stretches(
    trace: Trace, layer: int = -1, sequence: int = 0, backwards: bool = False
) -> Iterator[tuple[int, np.ndarray]]:
    """Yields the same in stretches: (number of steps before, (n, S·H, S·H)), in order or the last stretch first.

    Raises:
        ExplorerError: there is no such layer or sequence.
    """
    steps = LinearSteps(trace, layer, sequence)
    return _stretches(steps, readable_steps(trace), backwards)


def readable_steps(trace: Trace) -> int:
    """The number of steps with finite states: all, or those before the overflow."""
    return trace.experiment.seq_len if trace.overflow_step is None else trace.overflow_step - 1


def _stretches(steps: LinearSteps, readable: int, backwards: bool) -> Iterator[tuple[int, np.ndarray]]:
    parts = stretches(steps.steps, max(1, WIDE // steps.size**2))
    for first, stop in reversed(parts) if backwards else parts:
        with steps.backend.computing():
            jacobians = steps.jacobians(first, stop)
        jacobians[max(0, readable - first) :] = np.nan
        yield first, jacobians
