"""The tasks, by the name an experiment gives them. A new task is one file here and one line below."""

from __future__ import annotations

from typing import Any, Literal

from explorer.base.errors import ExplorerError
from explorer.base.registry import Registry
from explorer.model.tasks.adding import Adding
from explorer.model.tasks.contract import Task
from explorer.model.tasks.copy import Copy
from explorer.model.tasks.noise import Noise
from explorer.model.tasks.sine import Sine
from explorer.model.tasks.stocks import Stocks
from explorer.model.tasks.temporal_order import TemporalOrder
from explorer.model.tasks.text import Text

TaskName = Literal["text", "stocks", "noise", "adding", "copy", "temporal_order", "sine"]
"""The names that ship, for type checkers; at run time those that are registered count as well."""

SHIPPED: dict[TaskName, Task] = {
    "text": Text(),
    "stocks": Stocks(),
    "noise": Noise(),
    "adding": Adding(),
    "copy": Copy(),
    "temporal_order": TemporalOrder(),
    "sine": Sine(),
}


def _as_task(name: str, given: Any) -> Task:
    task = given() if isinstance(given, type) else given
    if not isinstance(task, Task):
        raise ExplorerError("task", "must be an explorer.Task", name)
    return task


TASKS: Registry[Task] = Registry("task", SHIPPED, _as_task)


def register_task(name: str, task: Task | type[Task]) -> TaskName:
    """Add a task: it then stands in the page, the command line and links like those that ship.

    An installed package does the same by an entry point of the group ``gradient_flow_explorer.tasks``.

    Args:
        name: what ``Experiment(task=…)`` takes: small letters, digits, underscores.

    Returns:
        the name, for a type checker one of those that ``Experiment.task`` takes.

    Raises:
        ExplorerError: the name is taken, or it is no task.
    """
    TASKS.add(name, task)
    return name  # type: ignore[return-value]
