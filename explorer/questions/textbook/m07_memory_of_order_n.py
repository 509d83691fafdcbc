"""M7, memory of order n: a network that reads its last n states and no input, presented as *the* recurrent network.

    h_t = φ(W h_{t−1} + W h_{t−2} + … + W h_{t−n} + b)

Higher-order networks exist and are useful, but they are different networks. Here every lag has the experiment's own
matrix. In a linear network of order 2 with weight w the gradient obeys d_t = w (d_{t+1} + d_{t+2}), so the critical
weight is ½ and not 1; with all lags d_t = (1 + w) d_{t+1}, which grows for every positive weight.
"""

from __future__ import annotations

from typing import Any, Literal

from explorer.base.backend import Array
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.model.cells.rnn import RNN
from explorer.questions.textbook.contract import Comparison, Formula, off_by
from explorer.questions.textbook.walk import walk

Order = Literal["two", "all"]


class _WithoutInput(RNN):
    def drive(self, xp: Any, p: Arrays, x: Array) -> Array:
        b = p["bias_ih"] + p["bias_hh"]
        return xp.zeros_like(x[..., :1]) + b[..., None, :]


class OrderTwo(_WithoutInput):
    """`lag` is the state of the step before: its gradient at t goes to h_{t−1}, with no slope in between."""

    states = ("h", "lag")  # type: ignore[assignment]

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        new, kept = super().forward(xp, p, a, {"h": s["h"] + s["lag"]})
        return {"h": new["h"], "lag": s["h"]}, kept

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        through = delta @ p["weight_hh"]
        return {"h": through + d["lag"], "lag": through}


class AllLags(_WithoutInput):
    """`sum` is h_1 + … + h_t, so that all lags cost no more than one."""

    states = ("h", "sum")  # type: ignore[assignment]

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        new, kept = super().forward(xp, p, a, {"h": s["sum"]})
        return {"h": new["h"], "sum": s["sum"] + new["h"]}, kept

    def total(self, xp: Any, slopes: Arrays, d: Arrays) -> Arrays:
        return {"h": d["h"] + d["sum"], "sum": d["sum"]}

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        return {"h": xp.zeros_like(delta), "sum": d["sum"] + delta @ p["weight_hh"]}


ORDERS: dict[Order, type[RNN]] = {"two": OrderTwo, "all": AllLags}


def of_order(trace: Trace, order: Order) -> Comparison:
    """∂L/∂h_t, and by how many decades its change differs from that of the network of order 1."""
    e = trace.experiment
    true, written = trace.log10_state_grad_norm["h"][-1, 1:], walk(ORDERS[order](e.activation), trace).log10_norms["h"]
    return Comparison("m07", e, "state_h", true, written, "decades", off_by(true, written))


def as_written(trace: Trace) -> Comparison:
    """Order 2, the smallest that is not the usual network."""
    return of_order(trace, "two")


def with_all_lags(trace: Trace) -> Comparison:
    """Every state so far, another reading of the dots in the formula."""
    return of_order(trace, "all")


FORMULA = Formula(
    "m07",
    ("T1",),
    r"h_t = \sigma(W_1 h_{t-1} + W_2 h_{t-2} + \dots + b)",
    r"h_t = \sigma(W h_{t-1} + U x_t + b)",
    {"cell": ("rnn",)},
    Experiment(activation="identity", init="identity", gain=0.6, bias_init="zero", task="noise"),
    "gain",
    as_written,
    {"two": as_written, "all": with_all_lags},
)
