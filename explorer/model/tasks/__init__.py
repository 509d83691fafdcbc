"""The tasks, by the name an experiment gives them. A new task is one file here and one line below."""

from __future__ import annotations

from explorer.model.tasks.adding import Adding
from explorer.model.tasks.contract import Task
from explorer.model.tasks.copy import Copy
from explorer.model.tasks.noise import Noise
from explorer.model.tasks.sine import Sine
from explorer.model.tasks.stocks import Stocks
from explorer.model.tasks.temporal_order import TemporalOrder
from explorer.model.tasks.text import Text

TASKS: dict[str, Task] = {
    "text": Text(),
    "stocks": Stocks(),
    "noise": Noise(),
    "adding": Adding(),
    "copy": Copy(),
    "temporal_order": TemporalOrder(),
    "sine": Sine(),
}
