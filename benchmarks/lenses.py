"""Every lens with its initial choices, against one trace of the same size; and the Jacobian fan's own limit."""

from __future__ import annotations

import sys

import explorer
from benchmarks.ratio import compare
from explorer.base.long_work import finished
from explorer.show.lenses import LENSES
from explorer.show.lenses.contract import Lens

SIZES = ((100, 16, 32), (200, 1, 64))
FAN_SECONDS = 2.0  # at T=200, H=64


def main(rounds: int) -> None:
    print("lens          cell  (T, B, H)          one trace        lens  times a trace")
    for T, B, H in SIZES:
        for cell in ("rnn", "lstm"):
            e = explorer.Experiment(cell=cell, seq_len=T, batch_size=B, hidden_size=H, loss_at="every")
            trace = explorer.run(e)
            for name, lens in LENSES.items():

                def look(trace: explorer.Trace = trace, lens: Lens = lens) -> None:
                    finished(lens.look(trace, lens.choices().settled(trace), {"record"}))

                base, time, ratio = compare(lambda e=e: explorer.run(e), look, rounds)
                limit = f"   (at most {FAN_SECONDS:g} s)" if (name, T, H) == ("jacobian", 200, 64) else ""
                size = f"({T}, {B}, {H})"
                print(
                    f"{name:12}  {cell:4}  {size:14} {base * 1e3:9.1f} ms {time * 1e3:8.1f} ms {1 / ratio:8.1f}{limit}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
