"""M1, the engine that forgot yesterday: δ_t from the loss at t alone, without Wᵀ δ_{t+1}. BPTT cut after one step.

It looks right where little comes back anyway, as at a low gain, where the true gradient vanishes within a step or two.
"""

from __future__ import annotations

from typing import Any

from explorer.base.backend import Array
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.model.cells.rnn import RNN
from explorer.questions.textbook.contract import Comparison, Formula, cosine
from explorer.questions.textbook.walk import direction, walk


class ForgotYesterday(RNN):
    """A cell that sends no gradient back to the step before."""

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        return {"h": xp.zeros_like(d["h"])}


def as_written(trace: Trace) -> Comparison:
    """Each step's own share of ∂L/∂W, and the cosine between the two sums."""
    e = trace.experiment
    right, wrong = e.new_cell(), ForgotYesterday(e.activation)
    true, written = walk(right, trace), walk(wrong, trace)
    similar = cosine(direction(right, true), direction(wrong, written))
    return Comparison("m01", e, "share_hh", true.log10_shares, written.log10_shares, "cosine", similar)


FORMULA = Formula(
    "m01",
    ("T4",),
    r"\delta_t = \left(W_o^\top (o_t - y_t)\right) \odot \sigma'(a_t)",
    r"\delta_t = \left(W_o^\top (o_t - y_t) + W^\top \delta_{t+1}\right) \odot \sigma'(a_t)",
    {"cell": ("rnn",)},
    Experiment(init="normal", gain=3.0, seed=1),
    "gain",
    as_written,
)
