"""Networks of a training, trained again from the link alone: the weights agree bit for bit, so all digits do."""

from __future__ import annotations

from explorer.base.long_work import Work, long_function
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.questions.training import History, Training, read_batch, train
from explorer.ui.link.training import Trained
from explorer.ui.trainings.watched import lanes_of

AT_ONCE = 10  # iterations between two points where the work can be cancelled


@long_function
def trained_trace(experiment: Experiment, trained: Trained, history: History | None) -> Work[Trace]:
    """The trace of a trained network on its iteration's batch; a lane that ended earlier gives its last iteration's.

    Args:
        history: the record of this training if the session has it; then nothing is trained again.

    Raises:
        ExplorerError: the lanes or the plan cannot be trained.
    """
    lanes = lanes_of(experiment, trained.compared)
    if history is not None:
        weights, iteration = history.weights_at(trained.iteration, trained.lane), trained.iteration
        ending = history.endings[trained.lane]
        iteration = min(iteration, ending.iteration) if ending else iteration
    else:
        training = yield from _replayed(lanes, trained)
        views = training.layout.views(training.checkpoint().weights)
        weights, iteration = {name: w[trained.lane].copy() for name, w in views.items()}, training.iteration + 1
    e = lanes[trained.lane]
    inputs, targets = read_batch(e, iteration)
    return run(e, weights=weights, inputs=inputs, targets=targets if e.loss_at == "every" else targets[-1])


def _replayed(lanes: list[Experiment], trained: Trained) -> Work[Training]:
    """The training just before the iteration, or before the last iteration of a lane that ended earlier."""
    target = trained.iteration - 1
    training = train(lanes, trained.plan)
    while training.iteration < target:
        yield training.iteration / target
        training.skip_to(min(target, training.iteration + AT_ONCE))
        ending = training.checkpoint().endings[trained.lane]
        if ending is not None:  # the lane's weights are gone: train again, up to its last iteration
            training, target = train(lanes, trained.plan), ending.iteration - 1
    return training
