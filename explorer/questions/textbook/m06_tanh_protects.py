"""M6, "tanh protects": the claim that tanh avoids both vanishing and exploding.

tanh′ ≤ 1 can only shrink the gradient, and nothing keeps the matrix from making it grow.
"""

from __future__ import annotations

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.textbook.claims import stays_level
from explorer.questions.textbook.contract import Comparison, Formula


def as_written(trace: Trace) -> Comparison:
    """∂L/∂h_t beside the claimed level."""
    return stays_level("m06", trace)


FORMULA = Formula(
    "m06",
    ("T5", "T1"),
    r"h_t = \tanh(a_t) \;\Rightarrow\; \left\|\frac{\partial L}{\partial h_1}\right\|"
    r" \approx \left\|\frac{\partial L}{\partial h_T}\right\|",
    r"\frac{\partial L}{\partial h_1} = \prod_{t=2}^{T} W^\top \operatorname{diag}(1 - h_t^2)"
    r" \,\frac{\partial L}{\partial h_T}",
    {"cell": ("rnn",), "activation": ("tanh",)},
    Experiment(init="glorot", gain=3.0, hidden_size=64),
    "gain",
    as_written,
)
