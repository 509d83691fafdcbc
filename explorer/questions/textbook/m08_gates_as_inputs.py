"""M8, gates as inputs: the forget gate multiplies the candidate, and the input gate the old cell state.

    c_t = i ⊙ c_{t−1} + f ⊙ g

The two gates have swapped their roles, so the network as written is the LSTM with the weights and biases of i and f
swapped, exactly; the cell's own equations run it. The bias that keeps the cell state is then that of the input gate;
that of the forget gate lets the candidate in, and has no effect on the gradient along c.
"""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells import make_cell
from explorer.model.cells.lstm import LSTM
from explorer.questions.textbook.contract import Comparison, Formula, off_by
from explorer.questions.textbook.walk import walk


def roles_swapped(trace: Trace) -> dict[str, np.ndarray]:
    """The trace's weights with the rows of the input and the forget gate exchanged."""
    return {n: w if n.endswith("_out") else _swapped(w) for n, w in trace.weights.items()}


def _swapped(rows: np.ndarray) -> np.ndarray:
    blocks = dict(zip(LSTM.blocks, np.split(rows, len(LSTM.blocks)), strict=True))
    blocks["input"], blocks["forget"] = blocks["forget"], blocks["input"]
    return np.concatenate([blocks[name] for name in LSTM.blocks])


def as_written(trace: Trace) -> Comparison:
    """∂L/∂c_t, and by how many decades its change is off."""
    true = trace.log10_state_grad_norm["c"][-1, 1:]
    written = walk(make_cell("lstm"), trace, roles_swapped(trace)).log10_norms["c"]
    return Comparison("m08", trace.experiment, "state_c", true, written, "decades", off_by(true, written))


FORMULA = Formula(
    "m08",
    ("T5",),
    r"c_t = i_t \odot c_{t-1} + f_t \odot \tilde c_t",
    r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t",
    {"cell": ("lstm",)},
    Experiment(cell="lstm", forget_bias=5.0, gain=0.0),
    "forget_bias",
    as_written,
)
