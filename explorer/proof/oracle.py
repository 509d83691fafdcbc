"""The same numbers by torch autograd, slow and obviously right: plain equations, one copy of the weights per step.

It shares no code with `explorer.cells` or `explorer.bptt`, on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.backend import import_torch

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Answer:
    """What a trace has to agree with; shapes as in `explorer.Trace`."""

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
    """
    torch = import_torch()
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
            new, g = STEPS[cell](torch, p, x, states[-1][layer], activation)
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
        wanted = torch.tensor(targets[t])
        criterion = torch.nn.MSELoss() if wanted.is_floating_point() else torch.nn.CrossEntropyLoss()
        total = total + criterion(y[first + t], wanted)
    return total


def _rnn(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    functions = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda a: 1.0 * a}
    return {"h": functions[activation](a)}, {}


def _lstm(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    i, f, g, o = a.chunk(4, dim=-1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * s["c"] + i * g
    return {"h": o * torch.tanh(c), "c": c}, {"input": i, "forget": f, "candidate": g, "output": o}


def _lstm_peephole(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    i, f, g, o = a.chunk(4, dim=-1)
    i, f = torch.sigmoid(i + p["weight_ci"] * s["c"]), torch.sigmoid(f + p["weight_cf"] * s["c"])
    c = f * s["c"] + i * torch.tanh(g)
    o = torch.sigmoid(o + p["weight_co"] * c)
    return {"h": o * torch.tanh(c), "c": c}, {"input": i, "forget": f, "candidate": torch.tanh(g), "output": o}


def _lstm_coupled(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    f, g, o = a.chunk(3, dim=-1)
    f, g, o = torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * s["c"] + (1 - f) * g
    return {"h": o * torch.tanh(c), "c": c}, {"forget": f, "candidate": g, "output": o}


def _gru(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a_r, a_z, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(3, dim=-1)
    u_r, u_z, u_n = (s["h"] @ p["weight_hh"].T + p["bias_hh"]).chunk(3, dim=-1)
    r, z = torch.sigmoid(a_r + u_r), torch.sigmoid(a_z + u_z)
    n = torch.tanh(a_n + r * u_n)
    return {"h": (1 - z) * n + z * s["h"]}, {"reset": r, "update": z, "candidate": n}


def _gru_reset_before(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a_r, a_z, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(3, dim=-1)
    W_r, W_z, W_n = p["weight_hh"].chunk(3, dim=0)
    b_r, b_z, b_n = p["bias_hh"].chunk(3, dim=-1)
    h = s["h"]
    r, z = torch.sigmoid(a_r + h @ W_r.T + b_r), torch.sigmoid(a_z + h @ W_z.T + b_z)
    n = torch.tanh(a_n + (r * h) @ W_n.T + b_n)
    return {"h": (1 - z) * n + z * h}, {"reset": r, "update": z, "candidate": n}


def _mgu(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a_f, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(2, dim=-1)
    W_f, W_n = p["weight_hh"].chunk(2, dim=0)
    b_f, b_n = p["bias_hh"].chunk(2, dim=-1)
    h = s["h"]
    f = torch.sigmoid(a_f + h @ W_f.T + b_f)
    n = torch.tanh(a_n + (f * h) @ W_n.T + b_n)
    return {"h": (1 - f) * h + f * n}, {"forget": f, "candidate": n}


def _min_gru(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    a_z, n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(2, dim=-1)
    z = torch.sigmoid(a_z)
    return {"h": (1 - z) * s["h"] + z * n}, {"update": z}


def _indrnn(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    matrix = torch.diag(p["weight_hh"])
    return _rnn(torch, {**p, "weight_hh": matrix}, x, s, activation)


def _higher_order(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    new, _ = _rnn(torch, {**p, "bias_ih": p["bias_ih"] + s["p"] @ p["weight_hh2"].T}, x, s, activation)
    return {"h": new["h"], "p": 1.0 * s["h"]}, {}


def _lru(torch: Any, p: Any, x: Any, s: Any, activation: str) -> Any:
    lambda_ = torch.exp(torch.complex(-torch.exp(p["weight_nu"]), p["weight_theta"]))
    B = torch.complex(*p["weight_ih"].chunk(2, dim=0))
    read = torch.exp(p["weight_gamma"]) * (x.to(B.dtype) @ B.T)
    new = lambda_ * torch.complex(s["h"], s["v"]) + read
    return {"h": 1.0 * new.real, "v": 1.0 * new.imag}, {}


STEPS = {
    "rnn": _rnn,
    "lstm": _lstm,
    "lstm_peephole": _lstm_peephole,
    "lstm_coupled": _lstm_coupled,
    "gru": _gru,
    "gru_reset_before": _gru_reset_before,
    "mgu": _mgu,
    "min_gru": _min_gru,
    "indrnn": _indrnn,
    "higher_order": _higher_order,
    "lru": _lru,
}


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
