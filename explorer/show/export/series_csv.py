"""The per-step quantities of a run as one CSV table: one row per step; step 0 is the initial state."""

from __future__ import annotations

import csv
import io

import numpy as np

from explorer.engine.trace import Trace
from explorer.show.words import say

COLUMN = "csv_column"


def series_csv(trace: Trace) -> str:
    """The table as CSV text with every digit; ``-inf`` is the log10 of an exact zero, ``nan`` a missing number.

    A quantity without a value at step 0 (loss, gates, shares of the weights' gradient) has an empty cell there.
    """
    columns = series(trace)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for t in range(trace.experiment.seq_len + 1):
        writer.writerow([_cell_text(values, t, trace) for values in columns.values()])
    return out.getvalue()


def series(trace: Trace) -> dict[str, np.ndarray]:
    """Header → (T+1,) values of the steps 0…T, or (T,) of the steps 1…T."""
    columns: dict[str, np.ndarray] = {say(COLUMN, "step"): np.arange(trace.experiment.seq_len + 1)}
    if "output_grads" not in trace.supplied:  # which stand in place of a loss
        columns[say(COLUMN, "loss")] = trace.step_loss
    for layer in range(trace.experiment.num_layers):
        for name, norms in trace.log10_state_grad_norm.items():
            columns[say(COLUMN, "gradient", state=name, layer=layer + 1)] = norms[layer]
        for name, values in trace.states.items():
            columns[say(COLUMN, "state", state=name, layer=layer + 1)] = _root_mean_square(values[layer])
        for name, values in trace.gates.items():
            columns[say(COLUMN, "gate", gate=name, layer=layer + 1)] = values[layer].mean(axis=(1, 2), dtype=float)
    for name, norms in trace.log10_step_weight_grad_norm.items():
        columns[say(COLUMN, "share", weight=name)] = norms
    return columns


def _root_mean_square(values: np.ndarray) -> np.ndarray:
    """(T+1, B, H) → (T+1,): not finite where a value is not."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(np.square(values, dtype=float).mean(axis=(1, 2))))


def _cell_text(values: np.ndarray, t: int, trace: Trace) -> str:
    missing = trace.experiment.seq_len + 1 - len(values)
    return "" if t < missing else repr(values[t - missing].item())
