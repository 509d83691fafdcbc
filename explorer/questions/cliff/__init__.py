"""The cliff: loss over two coordinates, and what gradient descent does there with and without clipping.

`survey` and `descend` are long work where the landscape is a network's: generators that yield the share that is done
and return what they found. `finished` is for whoever has the time.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Found = TypeVar("Found")


def finished(work: Generator[float, None, Found]) -> Found:
    """What `work` returns in the end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
