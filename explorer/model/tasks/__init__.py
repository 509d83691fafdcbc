"""The tasks, by the names that experiments use. A new task takes one file here and one line below."""

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
"""The names that ship, for type checkers; at run time registered names are valid as well."""

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
    """Add a task: the page, the command line and links then treat it like those that ship.

    An installed package does the same with an entry point in the group ``gradient_flow_explorer.tasks``.

    Args:
        name: the value for ``Experiment(task=…)``: small letters, digits, underscores.

    Returns:
        the name; type checkers take it for one that ``Experiment.task`` accepts.

    Raises:
        ExplorerError: the name is not valid or is taken, or the object is not a task.
    """
    TASKS.add(name, task)
    return name  # type: ignore[return-value]
