"""Training that can be watched, stopped, repeated and compared.

>>> recorder = Recorder(train(twins(experiment), steps=500))
>>> for step in recorder: ...
>>> recorder.history().trace_at(137, lane=1)
"""

from explorer.training.history import History
from explorer.training.lanes import read_batch, twins
from explorer.training.loop import SPECTRUM_EVERY, Training, train
from explorer.training.plan import TrainingPlan
from explorer.training.record import Checkpoint, Ending, Step
from explorer.training.recorder import Recorder, continue_training

__all__ = [
    "SPECTRUM_EVERY",
    "Checkpoint",
    "Ending",
    "History",
    "Recorder",
    "Step",
    "Training",
    "TrainingPlan",
    "continue_training",
    "read_batch",
    "train",
    "twins",
]
