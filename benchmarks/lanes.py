"""(b) Many experiments as lanes of one pass, against the same experiments one after the other.

The lanes differ in their seed, so each has weights and inputs of its own.
"""

from __future__ import annotations

import sys

import explorer
from benchmarks.ratio import compare, geometric_mean

LANES = 64
SIZES = ((50, 1, 16), (100, 1, 32), (100, 16, 32), (100, 16, 64))
CELLS = ("rnn", "lstm", "gru", "gru_reset_before")


def main(rounds: int) -> None:
    ratios = []
    print(f"cell              (T, B, H)        {LANES} runs      {LANES} lanes  ratio")
    for cell in CELLS:
        for T, B, H in SIZES:
            first = explorer.Experiment(cell=cell, task="noise", seq_len=T, batch_size=B, hidden_size=H)
            experiments = [first.replace(seed=seed) for seed in range(LANES)]
            a, b, ratio = compare(
                lambda e=experiments: [explorer.run(one) for one in e],
                lambda e=experiments: explorer.run_many(e),
                rounds,
            )
            ratios.append(ratio)
            size = f"({T}, {B}, {H})"
            print(f"{cell:17} {size:14} {a * 1e3:8.1f} ms  {b * 1e3:8.1f} ms  {ratio:5.2f}", flush=True)
    print(f"geometric mean: {geometric_mean(ratios):.2f} (to reach: 2.5); least: {min(ratios):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
