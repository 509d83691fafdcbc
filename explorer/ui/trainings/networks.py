"""Networks of a training, worked out again from the link alone: the same weights bit for bit, so the same digits."""

from __future__ import annotations

from explorer.base.long_work import Work, long_function
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.questions.training import History, Training, read_batch, train
from explorer.ui.link.training import Trained
from explorer.ui.trainings.watched import lanes_of

AT_ONCE = 10  # iterations between two looks at whether somebody still waits


@long_function
def trained_trace(experiment: Experiment, trained: Trained, history: History | None) -> Work[Trace]:
    """That network on its own iteration's batch; for a lane that ended before, the one of its last iteration.

    Args:
        history: of this very training, where the session has it: then nothing is trained again.

    Raises:
        ExplorerError: the lanes or the plan cannot be trained.
    """
    lanes = lanes_of(experiment, trained.compared)
    if history is not None:
        weights, at = history.weights_at(trained.iteration, trained.lane), trained.iteration
        ending = history.endings[trained.lane]
        at = min(at, ending.iteration) if ending else at
    else:
        training = yield from _replayed(lanes, trained)
        views = training.layout.views(training.checkpoint().weights)
        weights, at = {name: w[trained.lane].copy() for name, w in views.items()}, training.iteration + 1
    e = lanes[trained.lane]
    inputs, targets = read_batch(e, at)
    return run(e, weights=weights, inputs=inputs, targets=targets if e.loss_at == "every" else targets[-1])


def _replayed(lanes: list[Experiment], trained: Trained) -> Work[Training]:
    """The training as it was before the iteration, or before its lane's last one."""
    wanted = trained.iteration - 1
    training = train(lanes, trained.plan)
    while training.iteration < wanted:
        yield training.iteration / wanted
        training.skip_to(min(wanted, training.iteration + AT_ONCE))
        ending = training.checkpoint().endings[trained.lane]
        if ending is not None:  # its weights are gone: once more, and not as far
            training, wanted = train(lanes, trained.plan), ending.iteration - 1
    return training
