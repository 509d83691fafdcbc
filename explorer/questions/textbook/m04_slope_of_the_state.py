"""M4, σ′ at the wrong argument: φ′(h_t) in place of φ′(a_t).

h lies within ±1 however large a is, so tanh′(h) is at least 0.42 and σ′(h) at least 0.197: saturation becomes
invisible. For ReLU and the identity the two are the same.
"""

from __future__ import annotations

from typing import Any

from explorer.base.backend import Array
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.model.cells.rnn import RNN
from explorer.questions.textbook.contract import Comparison, Formula, log10_ratio
from explorer.questions.textbook.walk import walk


class SlopeOfTheState(RNN):
    """A cell whose forward pass is right; the slope is taken as if h were the pre-activation."""

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        states, _ = super().forward(xp, p, a, s)
        return states, {"φ′": self.activation.slope(xp, self.activation.value(xp, states["h"]))}


def as_written(trace: Trace) -> Comparison:
    """∂L/∂h_t, and how many times too large it is at step 1."""
    e = trace.experiment
    true = trace.log10_state_grad_norm["h"][-1, 1:]
    written = walk(SlopeOfTheState(e.activation), trace).log10_norms["h"]
    return Comparison("m04", e, "state_h", true, written, "ratio", log10_ratio(true[0], written[0]))


FORMULA = Formula(
    "m04",
    ("T4",),
    r"\delta_t = \frac{\partial L}{\partial h_t} \odot \sigma'(h_t)",
    r"\delta_t = \frac{\partial L}{\partial h_t} \odot \sigma'(a_t), \quad h_t = \sigma(a_t)",
    {"cell": ("rnn",), "activation": ("tanh", "sigmoid")},
    Experiment(init="normal", gain=3.0, seed=1, seq_len=30),
    "gain",
    as_written,
)
