"""Training that can be watched, stopped, repeated and compared.

>>> recorder = Recorder(train(twins(experiment), steps=500))
>>> for step in recorder: ...
>>> recorder.history().trace_at(137, lane=1)
"""

from explorer.questions.training.history import History
from explorer.questions.training.lanes import read_batch, twins
from explorer.questions.training.loop import SPECTRUM_EVERY, Training, train
from explorer.questions.training.plan import TrainingPlan
from explorer.questions.training.record import Checkpoint, Ending, Step
from explorer.questions.training.recorder import Recorder, continue_training

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
