"""Long work: a generator that yields the share that is done, from 0 to 1, and returns what it found.

Whoever drives it decides what happens between two shares: nothing, a progress bar, or giving up.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from typing import Any, Generic, ParamSpec, TypeVar

Found = TypeVar("Found")
Asked = ParamSpec("Asked")
Work = Generator[float, None, Found]


def finished(work: Work[Found], progress: Callable[[float], object] | None = None) -> Found:
    """What `work` returns in the end; `progress` is called with each share, and what it raises ends the work."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            return end.value
        if progress is not None:
            progress(share)


def part_of(work: Work[Found], start: float, stop: float) -> Work[Found]:
    """`work` as the part of a larger one that leads from the share `start` to `stop`."""
    while True:
        try:
            yield start + (stop - start) * next(work)
        except StopIteration as end:
            return end.value


class LongFunction(Generic[Asked, Found]):
    """A function that one can watch at work.

    Called, it works to the end; a keyword ``progress`` is then called with each share. `steps` gives the work itself.
    """

    def __init__(self, work: Callable[Asked, Work[Found]]) -> None:
        self.steps = work
        functools.update_wrapper(self, work)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Found:
        progress: Any = kwargs.pop("progress", None)
        return finished(self.steps(*args, **kwargs), progress)


def long_function(work: Callable[Asked, Work[Found]]) -> LongFunction[Asked, Found]:
    """Decorates a generator function."""
    return LongFunction(work)
