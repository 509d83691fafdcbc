"""(a) One trace against the usual code: a torch cell in a loop with `retain_grad()` on every state.

Both have inputs of the same size and give the norm of every ∂L/∂h_t (and ∂L/∂c_t). Ours also records the gates, the
states, each step's own contribution to every weight gradient, and clips; the loop does none of that.
"""

from __future__ import annotations

import sys

import torch

import explorer
from benchmarks.ratio import compare, geometric_mean

SIZES = ((50, 1, 16), (100, 16, 32), (100, 16, 64), (200, 32, 128), (1000, 8, 64), (200, 32, 256))
CELLS = {"lstm": torch.nn.LSTMCell, "rnn": torch.nn.RNNCell, "gru": torch.nn.GRUCell}
SMALL = 1024  # B·H up to which the mean has to reach 3


def loop(cell_name: str, seq_len: int, batch_size: int, hidden_size: int, dtype: torch.dtype):
    cell = CELLS[cell_name](2, hidden_size, dtype=dtype)
    readout = torch.nn.Linear(hidden_size, 1, dtype=dtype)
    inputs = torch.randn(seq_len, batch_size, 2, dtype=dtype)
    targets = torch.randn(batch_size, 1, dtype=dtype)

    def call():
        cell.zero_grad()
        readout.zero_grad()
        h = torch.zeros(batch_size, hidden_size, dtype=dtype)
        state = (h, torch.zeros_like(h)) if cell_name == "lstm" else h
        states = []
        for x in inputs:
            state = cell(x, state)
            current = state if isinstance(state, tuple) else (state,)
            for s in current:
                s.retain_grad()
            states.append(current)
        loss = torch.nn.functional.mse_loss(readout(states[-1][0]), targets)
        loss.backward()
        return [[float(s.grad.norm()) for s in current] for current in states]

    return call


def main(rounds: int) -> None:
    ratios, small = [], []
    print("cell  dtype    (T, B, H)        torch loop      explorer  ratio")
    for cell in CELLS:
        for dtype in ("float64", "float32"):
            for T, B, H in SIZES:
                e = explorer.Experiment(cell=cell, task="noise", seq_len=T, batch_size=B, hidden_size=H, dtype=dtype)
                theirs = loop(cell, T, B, H, getattr(torch, dtype))
                a, b, ratio = compare(theirs, lambda e=e: explorer.run(e), rounds)
                ratios.append(ratio)
                if B * H <= SMALL:
                    small.append(ratio)
                size = f"({T}, {B}, {H})"
                print(f"{cell:5} {dtype:8} {size:16} {a * 1e3:7.1f} ms  {b * 1e3:9.1f} ms  {ratio:5.2f}", flush=True)
    print(f"geometric mean for B·H ≤ {SMALL}: {geometric_mean(small):.2f} (to reach: 3)")
    print(f"slowest: {min(ratios):.2f} (to reach: 1)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
