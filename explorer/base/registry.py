"""Open tables, such as that of the cells: what ships, and what a call or an installed package adds."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from explorer.base.errors import ExplorerError

Entry = TypeVar("Entry")
PREFIX = "gradient_flow_explorer"  # of the entry points' groups: gradient_flow_explorer.cells, .tasks, .optimisers


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries by name, in order: those that ship, those of installed packages, those that a call has added.

    The entry points of packages are loaded when the names are listed, or when an unknown name is looked up. One that
    cannot be loaded is left out with a warning.

    Args:
        noun: what one entry is, such as ``cell``; the group of entry points is its plural.
        shipped: the entries that ship, by name.
        check: makes an entry of what a call or an entry point gives; raises `ExplorerError` if that is not possible.
    """

    def __init__(self, noun: str, shipped: Mapping[Any, Entry], check: Callable[[str, Any], Entry]) -> None:
        self.noun = noun
        self._entries, self._check = dict(shipped), check
        self._shipped = frozenset(shipped)
        self._loaded, self._lock = False, threading.RLock()

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            self._load_packages()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        self._load_packages()
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        self._load_packages()
        return len(self._entries)

    def add(self, name: str, entry: Any) -> None:
        """Add an entry.

        Raises:
            ExplorerError: the name is not valid or is taken, or `check` refuses the entry.
        """
        if not (isinstance(name, str) and name.isidentifier() and name.islower()):
            raise ExplorerError(self.noun, "must have a name of small letters, digits and underscores", name)
        if name in self:
            raise ExplorerError(self.noun, "must have a name that is not taken", name)
        self._entries[name] = self._check(name, entry)

    def remove(self, name: str) -> None:
        """Remove an entry that was added; one that ships stays, and an unknown name is ignored."""
        if name not in self._shipped:
            self._entries.pop(name, None)

    def _load_packages(self) -> None:
        with self._lock:
            if self._loaded:
                return
            self._loaded = True
            for point in entry_points(group=f"{PREFIX}.{self.noun}s"):
                self._add_from(point)

    def _add_from(self, point: EntryPoint) -> None:
        try:
            self.add(point.name, point.load())
        except Exception as failure:  # other people's packages may fail in any way; the rest has to work
            warnings.warn(f"The {self.noun} {point.name} of {point.value} is left out: {failure}", stacklevel=2)
