"""The temporal order problem, Hochreiter & Schmidhuber 1997 (task 6a), in the layout of Pascanu et al. 2013.

Each sequence has four kinds of distractors and two symbols, each A or B: one in [T/10, 2T/10], one in [4T/10, 5T/10].
The target class is their order: AA, AB, BA or BB.
"""

from __future__ import annotations

from math import log

import numpy as np

from explorer.model.tasks.contract import Answers, Batch, Task, one_hot

ORDERS = ("AA", "AB", "BA", "BB")  # by class
DISTRACTORS = 4  # symbols 2 to 5; A is 0 and B is 1


class TemporalOrder(Task):
    """The task ``temporal_order``: the order of two symbols among distractors."""

    listens = 6

    def sizes(self, request):
        return 2 + DISTRACTORS, 4

    def draw(self, rng, request):
        T, B = request.seq_len, request.batch_size
        symbols = rng.integers(2, 2 + DISTRACTORS, size=(T, B))
        first = rng.integers(T // 10, 2 * T // 10 + 1, size=B)
        second = np.maximum(rng.integers(4 * T // 10, 5 * T // 10 + 1, size=B), first + 1)
        letters = rng.integers(2, size=(2, B))
        lanes = np.arange(B)
        symbols[first, lanes], symbols[second, lanes] = letters
        classes = 2 * letters[0] + letters[1]
        return Batch(one_hot(symbols, 2 + DISTRACTORS), np.broadcast_to(classes, (T, B)).copy())

    def baseline(self, request, steps):
        return steps * log(len(ORDERS))

    def sample(self, outputs, targets):
        said = outputs[-1].argmax(axis=-1)
        return Answers("orders", tuple(ORDERS[c] for c in targets[-1]), tuple(ORDERS[c] for c in said))
