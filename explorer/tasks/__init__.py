"""The tasks, by the name an experiment gives them. A new task is one file here and one line below."""

from __future__ import annotations

from explorer.tasks.adding import Adding
from explorer.tasks.contract import Task
from explorer.tasks.copy import Copy
from explorer.tasks.noise import Noise
from explorer.tasks.sine import Sine
from explorer.tasks.stocks import Stocks
from explorer.tasks.temporal_order import TemporalOrder
from explorer.tasks.text import Text

TASKS: dict[str, Task] = {
    "text": Text(),
    "stocks": Stocks(),
    "noise": Noise(),
    "adding": Adding(),
    "copy": Copy(),
    "temporal_order": TemporalOrder(),
    "sine": Sine(),
}
