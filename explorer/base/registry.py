"""Tables that are open: what ships, and what is added to it by a call or by an installed package."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from explorer.base.errors import ExplorerError

Thing = TypeVar("Thing")
PREFIX = "gradient_flow_explorer"  # of the entry points' groups: gradient_flow_explorer.cells, .tasks, .optimisers


class Registry(Mapping[str, Thing], Generic[Thing]):
    """Things by name, in order: those that ship, those of installed packages, those that a call has added.

    Packages are asked when somebody lists the names, or asks for one that is not here; one that cannot be loaded is
    left out with a warning.

    Args:
        noun: what one of them is, ``cell``; the group of entry points is its plural.
        shipped: by name.
        check: makes an entry of what an entry point gives; raises `ExplorerError` if it is none.
    """

    def __init__(self, noun: str, shipped: Mapping[Any, Thing], check: Callable[[str, Any], Thing]) -> None:
        self.noun = noun
        self._things, self._check = dict(shipped), check
        self._shipped = frozenset(shipped)
        self._asked, self._lock = False, threading.RLock()

    def __getitem__(self, name: str) -> Thing:
        if name not in self._things:
            self._ask_packages()
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        self._ask_packages()
        return iter(tuple(self._things))

    def __len__(self) -> int:
        self._ask_packages()
        return len(self._things)

    def add(self, name: str, thing: Any) -> None:
        """
        Raises:
            ExplorerError: the name is none, or taken; the thing is no such thing.
        """
        if not (isinstance(name, str) and name.isidentifier() and name.islower()):
            raise ExplorerError(self.noun, "must have a name of small letters, digits and underscores", name)
        if name in self:
            raise ExplorerError(self.noun, "must have a name that is not taken", name)
        self._things[name] = self._check(name, thing)

    def remove(self, name: str) -> None:
        """Take away what a call has added; what ships stays."""
        if name not in self._shipped:
            self._things.pop(name, None)

    def _ask_packages(self) -> None:
        with self._lock:
            if self._asked:
                return
            self._asked = True
            for point in entry_points(group=f"{PREFIX}.{self.noun}s"):
                self._take(point)

    def _take(self, point: EntryPoint) -> None:
        try:
            self.add(point.name, point.load())
        except Exception as failure:  # a stranger's package may fail in any way; the others are to work all the same
            warnings.warn(f"The {self.noun} {point.name} of {point.value} is left out: {failure}", stacklevel=2)
