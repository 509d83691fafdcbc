"""(c) One recorded training step against the same step in plain torch, which records nothing; and two twin lanes
against one.

Both draw a fresh batch of the adding problem, go forward and back, clip by norm and update by Adam. Our time includes
recording all of `Step`, checkpoints, and an evaluation on held-out sequences every hundredth step.
"""

from __future__ import annotations

import statistics
import sys

import torch

import explorer
from benchmarks.ratio import seconds
from explorer.questions.training import Recorder, read_batch, twins

EXPERIMENT = explorer.Experiment(
    cell="lstm", task="adding", seq_len=100, batch_size=16, hidden_size=64, clip="norm", dtype="float32"
)
STEPS = 100  # per round: one period of the evaluation


def by_torch():
    """A call that trains `STEPS` steps in plain torch."""
    net, readout = torch.nn.LSTM(2, 64), torch.nn.Linear(64, 1)
    parameters = [*net.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-3)

    def call():
        for iteration in range(1, STEPS + 1):
            x, y = (torch.from_numpy(array).float() for array in read_batch(EXPERIMENT, iteration))
            optimiser.zero_grad()
            loss = torch.nn.functional.mse_loss(readout(net(x)[0][-1]), y[0])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()

    return call


def ours(experiments):
    """A call that trains and records `STEPS` steps."""
    recorder = Recorder(explorer.train(experiments, steps=100_000))

    def call():
        for _ in range(STEPS):
            next(recorder)

    return call


def main(rounds: int) -> None:
    calls = {"torch": by_torch(), "one lane": ours(EXPERIMENT), "two lanes": ours(twins(EXPERIMENT))}
    for call in calls.values():
        call()
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(seconds(call) / STEPS)
    for name, values in times.items():
        print(f"{name:10} {statistics.median(values) * 1e3:6.2f} ms a step")
    for name, against, limit in (("one lane", "torch", 1.0), ("two lanes", "one lane", 1.7)):
        ratio = statistics.median(a / b for a, b in zip(times[name], times[against], strict=True))
        print(f"{name} / {against}: {ratio:.2f} (at most {limit}); torch threads: {torch.get_num_threads()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
