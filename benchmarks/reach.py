"""The reach of every loss, against a backward pass with as many lanes: the same adjoints, one lane for each loss."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

import explorer
from benchmarks.ratio import compare
from explorer.engine.network import Network
from explorer.engine.trajectory import Injection
from explorer.engine.walk import walk_backward, walk_forward
from explorer.engine.weight_gradients import WeightGradients
from explorer.questions.lenses.reach import reach

SIZES = ((200, 1, 32), (200, 4, 32), (500, 1, 32))


def lanes_of(trace: explorer.Trace) -> Callable[[], None]:
    """A call that walks T lanes of the trace's network back, lane t with the loss at step t."""
    e = trace.experiment
    T, weights = e.seq_len, {name: np.repeat(w[None], e.seq_len, axis=0) for name, w in trace.weights.items()}
    layer = Network.of(e, weights).layers[0]
    x = np.repeat(trace.inputs[:, None], T, axis=1)
    trajectory = walk_forward(layer, x, {n: np.repeat(s[0, :1], T, axis=0) for n, s in trace.states.items()})
    cotangents = np.zeros((T, T, e.batch_size, e.hidden_size))
    cotangents[np.arange(T), np.arange(T)] = trace.output_grads @ trace.weights["weight_out"]

    def walk() -> None:
        injection = Injection.at_steps(layer.backend, cotangents, 0, T)
        with layer.backend.computing():
            walk_backward(layer, trajectory, injection, WeightGradients(layer.backend, T, T))

    return walk


def main(rounds: int) -> None:
    print("cell  (T, B, H)         T lanes       reach  ratio (at most 1.5)")
    for cell in ("rnn", "lstm"):
        for T, B, H in SIZES:
            e = explorer.Experiment(cell=cell, seq_len=T, batch_size=B, hidden_size=H, loss_at="every")
            trace = explorer.run(e)
            a, b, ratio = compare(lanes_of(trace), lambda trace=trace: reach(trace), rounds)
            print(f"{cell:5} {f'({T}, {B}, {H})':14} {a * 1e3:8.1f} ms {b * 1e3:8.1f} ms  {1 / ratio:5.2f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
