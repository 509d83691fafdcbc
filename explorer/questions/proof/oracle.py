"""The numbers of a trace by torch autograd, slow and obviously right: plain equations, a copy of the weights per step.

It shares no code with `explorer.model.cells` or `explorer.engine.walk`, on purpose; the cells' equations are in
`plain_cells`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import import_torch
from explorer.base.errors import ExplorerError
from explorer.questions.proof.plain_cells import ACTIVATIONS, plain_step

Arrays = Mapping[str, np.ndarray]
NO_TWIN = "Register the cell with plain=…."


@dataclass(frozen=True)
class Answer:
    """The numbers that a trace has to agree with; shapes as in `explorer.Trace`."""

    states: dict[str, np.ndarray]
    gates: dict[str, np.ndarray]
    outputs: np.ndarray
    loss: float
    state_grads: dict[str, np.ndarray]
    weight_grads: dict[str, np.ndarray]
    step_weight_grad_norm: dict[str, np.ndarray]


def autograd(
    cell: str,
    activation: str,
    weights: Arrays,
    inputs: np.ndarray,
    initial_state: Arrays,
    targets: np.ndarray | None,
    loss_at: str,
    output_grads: np.ndarray | None = None,
) -> Answer:
    """Forward and backward in float64 on the CPU.

    Args:
        inputs: (T, B, I). initial_state: (L, B, H) each. targets: (n, B, O) floats or (n, B) classes, the last n steps.
        output_grads: (T, B, O) cotangents of the outputs, used where `targets` is None.

    Raises:
        ExplorerError: the cell has no plain step, or torch is not installed.
    """
    torch = import_torch()
    phi, step = getattr(torch, ACTIVATIONS[activation]), plain_step(cell)
    if step is None:
        raise ExplorerError("cell", "has no step in plain torch that it could be held against", cell, NO_TWIN)
    T = len(inputs)
    leaf = lambda a: torch.tensor(np.asarray(a), dtype=torch.float64, requires_grad=True)  # noqa: E731
    per_step = [{name: leaf(w) for name, w in weights.items()} for _ in range(T)]
    layers = len(initial_state["h"])
    state = [{n: leaf(s[layer]) for n, s in initial_state.items()} for layer in range(layers)]
    states, gates, outputs = [state], [], []
    for t in range(T):
        x, state, gates_now = torch.tensor(inputs[t], dtype=torch.float64), [], []
        for layer in range(layers):
            p = {n.removesuffix(f"_l{layer}"): w for n, w in per_step[t].items() if n.endswith(f"_l{layer}")}
            new, g = step(torch, phi, p, x, states[-1][layer])
            for value in new.values():
                value.retain_grad()
            x = new["h"]
            state.append(new)
            gates_now.append(g)
        states.append(state)
        gates.append(gates_now)
        outputs.append(x @ per_step[t]["weight_out"].T + per_step[t]["bias_out"] if "weight_out" in weights else x)
    y = torch.stack(outputs)
    loss = _loss(torch, y, targets, output_grads, loss_at)
    loss.backward()
    return _collect(per_step, states, gates, y, float(loss.detach()))


def _loss(torch: Any, y: Any, targets: np.ndarray | None, output_grads: np.ndarray | None, loss_at: str) -> Any:
    if targets is None:
        return (y * torch.tensor(output_grads)).sum()
    total, first = 0.0, len(y) - len(targets)
    for t in range(len(targets)):
        target = torch.tensor(targets[t])
        criterion = torch.nn.MSELoss() if target.is_floating_point() else torch.nn.CrossEntropyLoss()
        total = total + criterion(y[first + t], target)
    return total


def _collect(per_step: Any, states: Any, gates: Any, y: Any, loss: float) -> Answer:
    """Everything under the names and in the shapes of a trace: layers first, then steps."""

    def grad(tensor: Any) -> np.ndarray:
        return np.zeros(tuple(tensor.shape)) if tensor.grad is None else tensor.grad.numpy()

    def layered(rows: Any, name: str, read: Any) -> np.ndarray:
        return np.stack([np.stack([read(row[layer][name]) for row in rows]) for layer in range(len(rows[0]))])

    values = lambda tensor: tensor.detach().numpy()  # noqa: E731
    steps = {name: np.stack([grad(p[name]) for p in per_step]) for name in per_step[0]}
    return Answer(
        states={n: layered(states, n, values) for n in states[0][0]},
        gates={n: layered(gates, n, values) for n in gates[0][0]},
        outputs=values(y),
        loss=loss,
        state_grads={n: layered(states, n, grad) for n in states[0][0]},
        weight_grads={n: g.sum(axis=0) for n, g in steps.items()},
        step_weight_grad_norm={n: np.sqrt((g.reshape(len(g), -1) ** 2).sum(axis=1)) for n, g in steps.items()},
    )
