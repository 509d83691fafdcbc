"""The correct derivation (T3), line by line with the numbers of one step: a tanh network, softmax, a loss at every
step, one sequence.

    h_t = tanh(U x_t + W h_{t−1} + b),   o_t = V h_t + c,   ŷ_t = softmax(o_t),   L = −Σ_t log ŷ_t[class]
    δ_t = ∂L/∂h_t = Vᵀ(ŷ_t − y_t) + Wᵀ diag(1 − h_{t+1}²) δ_{t+1},   δ_T = Vᵀ(ŷ_T − y_T)
    ∂L/∂W = Σ_t diag(1 − h_t²) δ_t h_{t−1}ᵀ,   U with x_tᵀ,   b with 1,   ∂L/∂V = Σ_t (ŷ_t − y_t) h_tᵀ,   c with 1

It is computed here independently, from the weights and the inputs alone, in the derivation's own order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import ExplorerError, raise_all
from explorer.engine.experiment import Experiment
from explorer.engine.run_inputs import gather
from explorer.engine.trace import Trace
from explorer.model.tasks.contract import one_hot

SETTINGS = Experiment(text="abracadabra", hidden_size=3, batch_size=1, seq_len=6, loss_at="every")
MOST_UNITS = 4  # larger matrices cannot be read on the page
MOST_STEPS = 100
TORCH_NAMES = {"W": "weight_hh_l0", "U": "weight_ih_l0", "b": "bias_ih_l0", "V": "weight_out", "c": "bias_out"}


@dataclass(frozen=True, eq=False)
class Line:
    """One line, `left` = `right`, in LaTeX.

    Attributes:
        code: its quantity: ``a``, ``h``, ``o``, ``p``, ``loss``, ``error``, ``delta``, ``through`` and, for the
            step's own share of a parameter's gradient, ``W``, ``U``, ``b``, ``V``, ``c``.
        right: has ``%(name)s`` in place of each name: `symbols` fill in LaTeX symbols, `numbers` the numbers.
        value: the value of the line.
    """

    code: str
    left: str
    right: str
    symbols: Mapping[str, str]
    numbers: Mapping[str, np.ndarray]
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class Derivation:
    """The derivation at one step, and the sum over all steps.

    Attributes:
        step, steps: t and T, from 1 on.
        lines: in reading order, forward first.
        terms: ``W``, ``U``, ``b``, ``V``, ``c`` → (T, …) each step's contribution to that gradient.
        gradients: their sums; in torch's names weight_hh, weight_ih, bias_ih (as bias_hh), weight_out, bias_out.
    """

    step: int
    steps: int
    lines: tuple[Line, ...]
    terms: Mapping[str, np.ndarray]
    gradients: Mapping[str, np.ndarray]


def derivation(trace: Trace, step: int) -> Derivation:
    """Every line of the derivation at `step` (from 1 on), with the numbers of this trace in it.

    Raises:
        ExplorerError: the derivation does not apply to such a network, or there is no such step.
    """
    raise_all(_misfits(trace, step))
    values = _all_steps(trace)
    lines = _forward_lines(values, step - 1) + _backward_lines(values, step - 1)
    through = values["through"]
    terms = {
        "W": _outer(through, values["h"][:-1]),
        "U": _outer(through, values["x"]),
        "b": through,
        "V": _outer(values["error"], values["h"][1:]),
        "c": values["error"],
    }
    gradients = {name: term.sum(axis=0) for name, term in terms.items()}
    return Derivation(step, trace.experiment.seq_len, lines, terms, gradients)


def disagreement(derived: Derivation, trace: Trace) -> float:
    """The largest difference between the derivation's sums and the engine's gradients, over all entries of all five."""
    differences = (np.abs(derived.gradients[name] - trace.weight_grads[key]) for name, key in TORCH_NAMES.items())
    return float(max(difference.max() for difference in differences))


def misfits(trace: Trace) -> list[ExplorerError]:
    """An error for each parameter that keeps the derivation from applying to this trace; empty if it applies."""
    return _misfits(trace, 1)


def _all_steps(trace: Trace) -> dict[str, np.ndarray]:
    """Name in the derivation → its array over all steps; `h` from the initial state on, the others from step 1."""
    w = {name: np.asarray(value, float) for name, value in trace.weights.items()}
    W, U, b = w["weight_hh_l0"], w["weight_ih_l0"], w["bias_ih_l0"] + w["bias_hh_l0"]
    V, c = w["weight_out"], w["bias_out"]
    x, supply = np.asarray(trace.inputs[:, 0], float), gather(trace.experiment)
    assert supply.targets is not None
    y, T = one_hot(supply.targets[:, 0], len(V)), len(x)
    a, h = np.zeros((T, len(W))), np.zeros((T + 1, len(W)))
    for t in range(T):
        a[t] = U @ x[t] + W @ h[t] + b
        h[t + 1] = np.tanh(a[t])
    o = h[1:] @ V.T + c
    p = np.exp(o - o.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    error, delta, through = p - y, np.zeros_like(a), np.zeros_like(a)
    for t in reversed(range(T)):
        delta[t] = V.T @ error[t] + (W.T @ through[t + 1] if t + 1 < T else 0.0)
        through[t] = (1.0 - h[t + 1] ** 2) * delta[t]
    values = {"W": W, "U": U, "b": b, "V": V, "c": c, "x": x, "y": y, "a": a, "h": h, "o": o, "p": p}
    return {**values, "error": error, "delta": delta, "through": through}


def _forward_lines(k: Mapping[str, np.ndarray], t: int) -> tuple[Line, ...]:
    """The lines up to the loss; `t` counts from 0, so `h` at t is the state before."""
    x, before, a, h, o, p, y = k["x"][t], k["h"][t], k["a"][t], k["h"][t + 1], k["o"][t], k["p"][t], k["y"][t]
    drive = {"U": (r"U", k["U"]), "x": (r"x_t", x), "W": (r"W", k["W"]), "h": (r"h_{t-1}", before), "b": ("b", k["b"])}
    readout = {"V": ("V", k["V"]), "h": ("h_t", h), "c": ("c", k["c"])}
    prediction = {"y": ("y_t", y), "p": (r"\hat y_t", p)}
    return (
        _line("a", "a_t", r"%(U)s\,%(x)s + %(W)s\,%(h)s + %(b)s", drive, a),
        _line("h", "h_t", r"\tanh %(a)s", {"a": ("a_t", a)}, h),
        _line("o", "o_t", r"%(V)s\,%(h)s + %(c)s", readout, o),
        _line("p", r"\hat y_t", r"\operatorname{softmax} %(o)s", {"o": ("o_t", o)}, p),
        _line("loss", "L_t", r"-%(y)s^\top \log %(p)s", prediction, -np.log(p[y == 1.0]).sum(keepdims=True)),
    )


def _backward_lines(k: Mapping[str, np.ndarray], t: int) -> tuple[Line, ...]:
    """The lines from the loss to this step's contribution to each parameter's gradient."""
    error, delta, through, last = k["error"][t], k["delta"][t], k["through"][t], t + 1 == len(k["x"])
    h, before, x = k["h"][t + 1], k["h"][t], k["x"][t]
    e, d, s = (r"(\hat y_t - y_t)", error), (r"\delta_t", delta), (r"\varepsilon_t", through)
    arriving, right = {"V": ("V", k["V"]), "e": e}, r"%(V)s^\top %(e)s"
    if not last:
        arriving |= {"W": ("W", k["W"]), "s": (r"\varepsilon_{t+1}", k["through"][t + 1])}
        right += r" + %(W)s^\top %(s)s"
    share = r"\left.\frac{\partial L}{\partial %s}\right|_t"
    return (
        _line(
            "error",
            r"\hat y_t - y_t",
            r"%(p)s - %(y)s",
            {"p": (r"\hat y_t", k["p"][t]), "y": ("y_t", k["y"][t])},
            error,
        ),
        _line("delta", r"\delta_t", right, arriving, delta),
        _line("through", r"\varepsilon_t", r"\left(1 - %(h)s^2\right) \odot %(d)s", {"h": ("h_t", h), "d": d}, through),
        _line("W", share % "W", r"%(s)s\,%(h)s^\top", {"s": s, "h": (r"h_{t-1}", before)}, np.outer(through, before)),
        _line("U", share % "U", r"%(s)s\,%(x)s^\top", {"s": s, "x": ("x_t", x)}, np.outer(through, x)),
        _line("b", share % "b", "%(s)s", {"s": s}, through),
        _line("V", share % "V", r"%(e)s\,%(h)s^\top", {"e": e, "h": ("h_t", h)}, np.outer(error, h)),
        _line("c", share % "c", "%(e)s", {"e": (r"\hat y_t - y_t", error)}, error),
    )


def _line(code: str, left: str, right: str, names: Mapping[str, tuple[str, np.ndarray]], value: np.ndarray) -> Line:
    symbols = {name: symbol for name, (symbol, _) in names.items()}
    return Line(code, left, right, symbols, {name: number for name, (_, number) in names.items()}, value)


def _outer(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(T, m), (T, n) → (T, m, n)."""
    return left[:, :, None] * right[:, None, :]


def _misfits(trace: Trace, step: int) -> list[ExplorerError]:
    e = trace.experiment
    allowed = {
        "cell": ("rnn",),
        "activation": ("tanh",),
        "num_layers": (1,),
        "batch_size": (1,),
        "loss_at": ("every",),
        "task": ("text", "copy", "temporal_order"),
    }
    errors = [
        ExplorerError(name, f"must be {' or '.join(map(str, values))} for this derivation", getattr(e, name))
        for name, values in allowed.items()
        if getattr(e, name) not in values
    ]
    if e.hidden_size > MOST_UNITS:
        errors.append(ExplorerError("hidden_size", f"must be at most {MOST_UNITS} for this derivation", e.hidden_size))
    if e.seq_len > MOST_STEPS:
        errors.append(ExplorerError("seq_len", f"must be at most {MOST_STEPS} for this derivation", e.seq_len))
    if trace.supplied:
        rule = "must be the experiment's own for this derivation"
        errors.append(ExplorerError(trace.supplied[0], rule, "the caller's"))
    if not 1 <= step <= e.seq_len:
        errors.append(ExplorerError("step", f"must be a whole number between 1 and {e.seq_len}", step))
    return errors
