"""M9, the sum over all steps: ∂L/∂W_o = Σ_t (o_t − y_t) h_tᵀ for a loss at the last step with o = σ(·).

A loss at the last step has one term, with the factor o(1 − o) ≤ ¼: for one sequence, that term alone is at least four
times too large. Both sides here use that network: the experiment's states, its readout through σ, and its targets.
"""

from __future__ import annotations

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.scaling import log10_norm
from explorer.engine.experiment import Experiment
from explorer.engine.run_inputs import gather
from explorer.engine.trace import Trace
from explorer.model.cells.contract import sigmoid
from explorer.model.tasks.contract import one_hot
from explorer.questions.textbook.contract import Comparison, Formula, log10_ratio


def as_written(trace: Trace) -> Comparison:
    """Each step's own term, and how many times too large the sum is.

    Raises:
        ExplorerError: the trace has weights, inputs, targets or cotangents that are not its experiment's.
    """
    if {"weights", "inputs", "targets", "output_grads"} & set(trace.supplied):
        rule = "must be the experiment's own for this formula, which needs targets at every step"
        raise ExplorerError("targets", rule, ", ".join(trace.supplied), "Run the experiment alone.")
    e = trace.experiment
    if trace.overflow_step is not None:
        nan = np.full(e.seq_len, np.nan)
        return Comparison("m09", e, "share_out", nan, nan, "ratio", np.nan)
    with np.errstate(over="ignore"):
        h, o = trace.states["h"][-1, 1:].astype(float), sigmoid(np, trace.outputs.astype(float))
        error = (o - _targets(e)) * (2.0 / o[0].size)
        terms = error.swapaxes(-1, -2) @ h
        right = (error[-1:] * o[-1:] * (1.0 - o[-1:])).swapaxes(-1, -2) @ h[-1:]
        total, written = log10_norm(terms.sum(axis=0, keepdims=True)), log10_norm(terms)
    true = np.full(len(h), -np.inf)
    true[-1:] = log10_norm(right)
    ratio = log10_ratio(true[-1], total[0])
    return Comparison("m09", e, "share_out", true, written, "ratio", ratio)


def _targets(e: Experiment) -> np.ndarray:
    """The targets (T, B, O); classes are one-hot."""
    supply = gather(e.replace(loss_at="every"))
    assert supply.targets is not None
    return one_hot(supply.targets, supply.output_size) if supply.targets.ndim == 2 else supply.targets


FORMULA = Formula(
    "m09",
    ("T4",),
    r"\frac{\partial L}{\partial W_o} = \sum_t (o_t - y_t)\, h_t^\top, \quad o_t = \sigma(W_o h_t + b_o)",
    r"\frac{\partial L}{\partial W_o} = \left((o_T - y_T) \odot o_T \odot (1 - o_T)\right) h_T^\top",
    {"loss_at": ("last",)},
    Experiment(),
    "",
    as_written,
)
