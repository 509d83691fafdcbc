"""The adding problem, Hochreiter & Schmidhuber 1997, experiment 4: add the two marked numbers of a long sequence.

Input: a number in [0, 1] and a marker that is 1 at two steps, one in each half. Target: the sum of the numbers marked
so far, so the last target is the sum of both. The constant answer 1 has a squared error of 1/6.
"""

from __future__ import annotations

import numpy as np

from explorer.model.tasks.contract import Answers, Batch, Task

SAMPLE_SIZE = 6  # sequences whose answers are shown


class Adding(Task):
    """The task ``adding``: the sum of two marked numbers."""

    listens = SAMPLE_SIZE

    def sizes(self, request):
        return 2, 1

    def draw(self, rng, request):
        T, B = request.seq_len, request.batch_size
        numbers = rng.random((T, B))
        marks = np.zeros((T, B))
        lanes = np.arange(B)
        marks[rng.integers(T // 2, size=B), lanes] = 1.0
        marks[rng.integers(T // 2, T, size=B), lanes] = 1.0
        targets = np.cumsum(numbers * marks, axis=0)
        return Batch(np.stack([numbers, marks], axis=-1), targets[..., None])

    def baseline(self, request, steps):
        return 1 / 6 if steps == 1 else float("nan")  # the variance of a sum of two uniform numbers

    def sample(self, outputs, targets):
        return Answers("numbers", *(tuple(_number(float(v)) for v in y[-1, :, 0]) for y in (targets, outputs)))


def _number(value: float) -> str:
    return (f"{value:.2f}" if abs(value) < 1000 else f"{value:.0e}").replace("-", "−")
