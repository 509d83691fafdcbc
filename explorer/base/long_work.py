"""Long computations as generators: each yields the fraction that is done, from 0 to 1, and returns its result.

The caller decides what happens between two fractions: nothing, a progress bar, or an early end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from typing import Any, Generic, ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
Work = Generator[float, None, Result]


def finished(work: Work[Result], progress: Callable[[float], object] | None = None) -> Result:
    """Run `work` to its end and return its result; `progress` gets each fraction, and may stop it with an exception."""
    while True:
        try:
            fraction = next(work)
        except StopIteration as end:
            return end.value
        if progress is not None:
            progress(fraction)


def part_of(work: Work[Result], start: float, stop: float) -> Work[Result]:
    """`work` as one part of a longer computation: its fractions 0 to 1 become `start` to `stop`."""
    while True:
        try:
            yield start + (stop - start) * next(work)
        except StopIteration as end:
            return end.value


class LongFunction(Generic[Arguments, Result]):
    """A function whose progress can be followed.

    A call runs to the end and returns the result; the keyword ``progress`` is a function that gets each fraction.
    `steps` takes the same arguments and returns the generator.
    """

    def __init__(self, work: Callable[Arguments, Work[Result]]) -> None:
        self.steps = work
        functools.update_wrapper(self, work)

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        progress: Any = kwargs.pop("progress", None)
        return finished(self.steps(*args, **kwargs), progress)


def long_function(work: Callable[Arguments, Work[Result]]) -> LongFunction[Arguments, Result]:
    """Decorator that makes a `LongFunction` of a generator function."""
    return LongFunction(work)
