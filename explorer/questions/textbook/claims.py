"""A claim without a formula of its own, as a curve: the gradient neither grows nor shrinks."""

from __future__ import annotations

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.textbook.contract import Comparison, off_by


def stays_level(formula: str, trace: Trace) -> Comparison:
    """∂L/∂h_t, beside the claim: the level of the last step at every step."""
    true = trace.log10_state_grad_norm["h"][-1, 1:]
    claimed = np.full_like(true, true[-1])
    return Comparison(formula, trace.experiment, "state_h", true, claimed, "decades", off_by(true, claimed))
