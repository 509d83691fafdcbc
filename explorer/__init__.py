"""Gradient Flow Explorer: exact back-propagation through time, made visible.

>>> import explorer
>>> trace = explorer.run(explorer.Experiment(cell="lstm", seq_len=100, seed=3))
>>> explorer.diagnose(trace)

Everything else, such as ``explorer.train`` and ``explorer.lenses.reach``, is imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.base.errors import ExplorerError
from explorer.base.other_explorer import refuse_to_mix
from explorer.engine.experiment import Experiment
from explorer.engine.run import run, run_many
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import Finding, diagnose

__version__ = "0.1.0"  # pyproject.toml reads it from here
refuse_to_mix()

if TYPE_CHECKING:
    from explorer.model import cells as cells
    from explorer.model import tasks as tasks
    from explorer.model.cells import register_cell as register_cell
    from explorer.model.cells.contract import Cell as Cell
    from explorer.model.optimisers import Optimiser as Optimiser
    from explorer.model.optimisers import register_optimiser as register_optimiser
    from explorer.model.tasks import register_task as register_task
    from explorer.model.tasks.contract import Task as Task
    from explorer.questions import cliff as cliff
    from explorer.questions import training as training
    from explorer.questions.clipping_trial import clipping_trial as clipping_trial
    from explorer.questions.lenses import functions as lenses
    from explorer.questions.remedies import remedy as remedy
    from explorer.questions.training.loop import train as train

__all__ = [
    "Cell",
    "Experiment",
    "ExplorerError",
    "Finding",
    "Optimiser",
    "Task",
    "Trace",
    "cells",
    "cliff",
    "clipping_trial",
    "diagnose",
    "lenses",
    "register_cell",
    "register_optimiser",
    "register_task",
    "remedy",
    "run",
    "run_many",
    "tasks",
    "train",
    "training",
]

_LAZY_NAMES = {  # name → (module, attribute of the module); "" for the module itself
    "Cell": ("explorer.model.cells.contract", "Cell"),
    "Optimiser": ("explorer.model.optimisers", "Optimiser"),
    "Task": ("explorer.model.tasks.contract", "Task"),
    "cells": ("explorer.model.cells", ""),
    "cliff": ("explorer.questions.cliff", ""),
    "clipping_trial": ("explorer.questions.clipping_trial", "clipping_trial"),
    "lenses": ("explorer.questions.lenses.functions", ""),
    "remedy": ("explorer.questions.remedies", "remedy"),
    "register_cell": ("explorer.model.cells", "register_cell"),
    "register_optimiser": ("explorer.model.optimisers", "register_optimiser"),
    "register_task": ("explorer.model.tasks", "register_task"),
    "tasks": ("explorer.model.tasks", ""),
    "train": ("explorer.questions.training.loop", "train"),
    "training": ("explorer.questions.training", ""),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    path, attribute = _LAZY_NAMES[name]
    module = import_module(path)
    globals()[name] = getattr(module, attribute) if attribute else module
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY_NAMES})
