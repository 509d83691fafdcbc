"""The copy task, Hochreiter & Schmidhuber 1997, in the layout of Arjovsky, Shah & Bengio 2016.

Ten symbols of eight (fewer where the sequence is too short), blanks, a delimiter, and then the ten symbols are to be
repeated; until then the target is the blank. Inputs are one-hot over 8 symbols, blank and delimiter.
"""

from __future__ import annotations

import numpy as np

from explorer.model.tasks.contract import Batch, one_hot

SYMBOLS, BLANK, DELIMITER = 8, 8, 9


class Copy:
    free_input_size = False

    def sizes(self, request):
        return 10, 9

    def draw(self, rng, request):
        T, B = request.seq_len, request.batch_size
        n = copied(T)
        to_copy = rng.integers(SYMBOLS, size=(n, B))
        inputs = np.full((T, B), BLANK)
        inputs[:n] = to_copy
        if T - n - 1 >= n:
            inputs[T - n - 1] = DELIMITER
        targets = np.full((T, B), BLANK)
        targets[T - n :] = to_copy
        return Batch(one_hot(inputs, 10), targets)


def copied(seq_len: int) -> int:
    """How many symbols are to be copied."""
    return max(1, min(10, (seq_len - 1) // 2))
