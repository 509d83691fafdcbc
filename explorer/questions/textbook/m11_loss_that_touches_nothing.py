"""M11, a training step whose loss never touches the recurrent weights: the hidden layer's gradient does not exist.

The state reaches the readout as a plain number, cut from the graph. Then ∂L/∂W is not zero but missing (None): an
optimiser fails, or skips it and trains the readout alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.textbook.contract import Comparison, Formula, cosine

READOUT = ("weight_out", "bias_out")


def gradients(trace: Trace) -> dict[str, np.ndarray | None]:
    """Parameter → its gradient in that training step; None where there is none."""
    return {name: g if name in READOUT else None for name, g in trace.weight_grads.items()}


def after_a_step(trace: Trace, rate: float) -> Mapping[str, np.ndarray]:
    """The weights after one step of plain descent that skips parameters without a gradient."""
    by_name = gradients(trace)
    return {name: w if (g := by_name[name]) is None else w - rate * g for name, w in trace.weights.items()}


def as_written(trace: Trace) -> Comparison:
    """Each step's contribution to the hidden layers' gradient, of which as written there is none; and the cosine over
    all parameters, where a missing gradient counts as zero."""
    shares = _log10_shares(trace)
    true = np.concatenate([g.ravel() for g in trace.weight_grads.values()])
    written = np.concatenate([g.ravel() if n in READOUT else np.zeros(g.size) for n, g in trace.weight_grads.items()])
    nan = np.full_like(shares, np.nan)
    return Comparison("m11", trace.experiment, "share_hidden", shares, nan, "cosine", cosine(true, written))


def _log10_shares(trace: Trace) -> np.ndarray:
    """(T,) log10 of the norm over all parameters but the readout's."""
    norms = [value for name, value in trace.log10_step_weight_grad_norm.items() if name not in READOUT]
    with np.errstate(invalid="ignore"):
        return np.logaddexp.reduce(2.0 * np.log(10.0) * np.stack(norms), axis=0) / (2.0 * np.log(10.0))


FORMULA = Formula(
    "m11",
    ("T4",),
    r"\frac{\partial L}{\partial W} = \text{None}",
    r"\frac{\partial L}{\partial W} = \sum_t \operatorname{diag}(\sigma'(a_t))\, \delta_t\, h_{t-1}^\top",
    {},
    Experiment(),
    "",
    as_written,
)
