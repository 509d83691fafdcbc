"""The copy task, Hochreiter & Schmidhuber 1997, in the layout of Arjovsky, Shah & Bengio 2016.

The input has ten symbols of eight kinds (fewer where the sequence is too short), blanks and a delimiter; then the
symbols have to be repeated. Until then the target is the blank. Inputs are one-hot over 8 symbols, blank, delimiter.
"""

from __future__ import annotations

from math import log

import numpy as np

from explorer.model.tasks.contract import Answers, Batch, Task, one_hot

SYMBOLS, BLANK, DELIMITER = 8, 8, 9


class Copy(Task):
    """The task ``copy``: repeat symbols after a delay."""

    listens = 3

    def sizes(self, request):
        return 10, 9

    def draw(self, rng, request):
        T, B = request.seq_len, request.batch_size
        n = symbol_count(T)
        to_copy = rng.integers(SYMBOLS, size=(n, B))
        inputs = np.full((T, B), BLANK)
        inputs[:n] = to_copy
        if T - n - 1 >= n:
            inputs[T - n - 1] = DELIMITER
        targets = np.full((T, B), BLANK)
        targets[T - n :] = to_copy
        return Batch(one_hot(inputs, 10), targets)

    def baseline(self, request, steps):
        """10 ln 8 over all steps; Arjovsky, Shah & Bengio 2016 divide it by their number."""
        return (symbol_count(request.seq_len) if steps > 1 else 1) * log(SYMBOLS)

    def sample(self, outputs, targets):
        n = symbol_count(len(outputs))
        said, asked = outputs[-n:].argmax(axis=-1), targets[-n:]
        return Answers("symbols", *(tuple(_symbols(row) for row in part.T) for part in (asked, said)))


def symbol_count(seq_len: int) -> int:
    """The number of symbols to copy."""
    return max(1, min(10, (seq_len - 1) // 2))


def _symbols(row: np.ndarray) -> str:
    return "".join("·" if symbol == BLANK else str(symbol + 1) for symbol in row)
