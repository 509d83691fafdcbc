"""Gradient Flow Explorer: exact back-propagation through time, to be looked at.

>>> import explorer
>>> trace = explorer.run(explorer.Experiment(cell="lstm", seq_len=100, seed=3))
>>> explorer.diagnose(trace)
"""

from explorer.base.errors import ExplorerError
from explorer.base.other_explorer import refuse_to_mix
from explorer.engine.experiment import Experiment
from explorer.engine.run import run, run_many
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import Finding, diagnose
from explorer.questions.training.loop import train

__version__ = "0.1.0"  # pyproject.toml reads it from here
refuse_to_mix()

__all__ = ["Experiment", "ExplorerError", "Finding", "Trace", "diagnose", "run", "run_many", "train"]
