"""M5, which way does z point? The words say that z keeps, the formula that z updates.

    in words, and in torch:   h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
    as written:               h_t = (1 − z) ⊙ h_{t−1} + z ⊙ n

Neither is wrong, but a bias of +4 on z means opposite things in the two. As 1 − σ(a) = σ(−a), the network as written is
exactly torch's with the weights and biases of z negated; so the cell's own equations run it.
"""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.questions.textbook.contract import Comparison, Formula, off_by
from explorer.questions.textbook.walk import walk


def z_updates(trace: Trace) -> dict[str, np.ndarray]:
    """The trace's weights, with the weights and biases of z negated."""
    return {n: w if n.endswith("_out") else _negated(w, trace.experiment) for n, w in trace.weights.items()}


def _negated(rows: np.ndarray, e: Experiment) -> np.ndarray:
    sign = {name: -1.0 if name == "update" else 1.0 for name in CELLS[e.cell].kind.blocks}
    signs = np.repeat(list(sign.values()), e.hidden_size)
    return rows * signs.reshape(-1, *[1] * (rows.ndim - 1))


def as_written(trace: Trace) -> Comparison:
    """∂L/∂h_t, and by how many decades the two conventions differ."""
    e = trace.experiment
    true = trace.log10_state_grad_norm["h"][-1, 1:]
    written = walk(e.new_cell(), trace, z_updates(trace)).log10_norms["h"]
    return Comparison("m05", e, "state_h", true, written, "decades", off_by(true, written))


FORMULA = Formula(
    "m05",
    ("T2",),
    r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t",
    r"h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t",
    {"cell": ("gru", "gru_reset_before")},
    Experiment(cell="gru_reset_before", update_bias=4.0, bias_init="zero", seed=6),
    "update_bias",
    as_written,
)
