"""M10, the claim that a recurrent network prevents vanishing by the chain rule, which in fact causes it."""

from __future__ import annotations

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.textbook.claims import stays_level
from explorer.questions.textbook.contract import Comparison, Formula


def as_written(trace: Trace) -> Comparison:
    """∂L/∂h_t beside the claimed level."""
    return stays_level("m10", trace)


FORMULA = Formula(
    "m10",
    ("T1",),
    r"\left\|\frac{\partial L}{\partial h_t}\right\| \approx \left\|\frac{\partial L}{\partial h_T}\right\|",
    r"\frac{\partial L}{\partial h_t} = \prod_{s=t+1}^{T} W^\top \operatorname{diag}(\sigma'(a_s))"
    r" \,\frac{\partial L}{\partial h_T}",
    {"cell": ("rnn",)},
    Experiment(),
    "gain",
    as_written,
)
