"""M3, the lost transpose: a backward pass through φ′ only. The matrix acts through the states alone.

    ∂L/∂h_{t−1} = φ′(a_t) ⊙ ∂L/∂h_t

As φ′ ≤ 1, the gradient can only shrink: where the true one explodes, the answer has the wrong sign.
"""

from __future__ import annotations

from typing import Any

from explorer.base.backend import Array
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.model.cells.rnn import RNN
from explorer.questions.textbook.contract import Comparison, Formula, off_by
from explorer.questions.textbook.walk import walk


class LostTranspose(RNN):
    """A cell whose backward step omits the recurrent matrix."""

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        return {"h": delta}


def as_written(trace: Trace) -> Comparison:
    """∂L/∂h_t, and by how many decades its change is off."""
    e = trace.experiment
    true, written = trace.log10_state_grad_norm["h"][-1, 1:], walk(LostTranspose(e.activation), trace).log10_norms["h"]
    return Comparison("m03", e, "state_h", true, written, "decades", off_by(true, written))


FORMULA = Formula(
    "m03",
    ("T1",),
    r"\frac{\partial L}{\partial h_{t-1}} = \sigma'(a_t) \odot \frac{\partial L}{\partial h_t}",
    r"\frac{\partial L}{\partial h_{t-1}} = W^\top \left(\sigma'(a_t) \odot \frac{\partial L}{\partial h_t}\right)",
    {"cell": ("rnn",)},
    Experiment(init="normal", gain=3.0, seed=1),
    "gain",
    as_written,
)
