"""A suggested threshold, tried: a short twin of a training clips at it, from the same start and on the same batches.

The recorded norms were met on the way that the weights took with another threshold, or without one. A suggestion from
them may fit or blow up; only a training with it tells. The twin is bounded in iterations and in work, so that a page
with many sessions can afford it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.long_work import Work, long_function
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.clipping_trial import clipping_trial
from explorer.questions.training import Checkpoint, History, Recorder, Training

LIMITS: Mapping[str, tuple[float, str]] = {
    "most_iterations": (200, "as many as a page can wait for; of what comes later the twin tells nothing"),
    "most_work": (2e10, "about two seconds of one core, in multiplications as `work_of_an_iteration` counts them"),
    "least_iterations": (20, "as many as a suggestion takes; fewer tell nothing about an end"),
    "worse_factor": (2.0, "both read the same batches, so that chance seldom makes a factor of two between means"),
}
"""Name → (limit of a twin, the reason for it)."""

STEP, UNIT = 150_000, 400  # multiplications that take as long as a step's calls, and as all else that one unit does


def limit(name: str) -> float:
    """The limit with this name in `LIMITS`."""
    return LIMITS[name][0]


@dataclass(frozen=True)
class Tried:
    """What a twin did with a threshold on the norm.

    Attributes:
        threshold: the one that was tried.
        verdict: ``held``: the twin stayed finite, and its last loss is at most `worse_factor` times its first and that
            of the training itself. ``worse``: it is more. ``not_finite``: the twin ended. Without a twin: ``beyond``:
            an experiment takes no such threshold; ``too_long``: fewer than `least_iterations` lie within the bounds.
        iterations: those of the twin, the one that ended it included; 0 without a twin.
        span: the number of iterations over which losses are averaged.
        first, last: mean loss of its first and last `span` iterations, for each step where each has a loss; not finite
            where the twin ended.
        own: the same of the training itself, over the iterations of `last`; NaN where that is not finite.
        largest_norm: the largest finite norm before clipping.
        clipped: number of clipped steps.
    """

    threshold: float
    verdict: str
    iterations: int = 0
    span: int = 0
    first: float = float("nan")
    last: float = float("nan")
    own: float = float("nan")
    largest_norm: float = float("nan")
    clipped: int = 0


@long_function
def tried_suggestion(history: History, threshold: float, lane: int = 0) -> Work[Tried]:
    """Train a twin of one lane that clips by norm at `threshold`, for `twin_iterations`.

    It starts from the lane's own first weights and reads its batches.
    """
    row = table(Experiment)["clip_threshold"]
    assert row.lower is not None and row.upper is not None, "a threshold has bounds"
    if not row.lower <= threshold <= row.upper:
        return Tried(threshold, "beyond")
    iterations = twin_iterations(history, lane)
    if iterations < limit("least_iterations"):
        return Tried(threshold, "too_long")
    recorder = Recorder(_twin(history, threshold, lane, iterations))
    for step in recorder:
        yield step.iteration / iterations
    return _judged(threshold, recorder.history(), history.loss[:iterations, lane])


def twin_iterations(history: History, lane: int = 0) -> int:
    """The number of iterations for which a twin of the lane is trained: its own, within both bounds."""
    ending = history.endings[lane]
    own = ending.iteration if ending else history.iterations
    affordable = int(limit("most_work") / work_of_an_iteration(history.experiments[lane], history.layout.size))
    return min(own, int(limit("most_iterations")), affordable)


def work_of_an_iteration(e: Experiment, parameters: int) -> float:
    """About how many multiplications take as long as one iteration; measured to be right within a factor of two.

    Args:
        parameters: P, the number of all weights.
    """
    blocks = len(e.new_cell().blocks)
    of_a_step = e.num_layers * (STEP + UNIT * e.batch_size * e.hidden_size * blocks) + 3 * e.batch_size * parameters
    return float(e.seq_len * of_a_step)


def _twin(history: History, threshold: float, lane: int, iterations: int) -> Training:
    e = history.experiments[lane].replace(clip="norm", clip_threshold=threshold)
    plan = history.plan.replace(steps=iterations, evaluate_every=iterations + 1)  # held-out sequences are not asked
    first = history.checkpoint(0)
    start = Checkpoint(0, first.weights[[lane]], first.slots[:, [lane]], first.spectral_radius[[lane]], (None,))
    return Training((e,), plan, history.layout, start)


def _judged(threshold: float, twin: History, own_loss: np.ndarray) -> Tried:
    """What the twin did, beside the losses (iterations,) of the training itself."""
    trial = clipping_trial("norm", threshold, twin.norm_before[:, 0], twin.factor[:, 0], twin.cosine[:, 0])
    norms, losses, own_losses = twin.norm_before[:, 0], twin.loss[:, 0] / twin.loss_steps, own_loss / twin.loss_steps
    span = max(5, len(own_loss) // 10)
    first, last, own = (float(part.mean()) for part in (losses[:span], losses[-span:], own_losses[-span:]))
    if twin.endings[0] is not None:
        verdict = "not_finite"
    else:
        references = [loss for loss in (first, own) if np.isfinite(loss)]
        verdict = "worse" if last > limit("worse_factor") * min(references) else "held"
    return Tried(
        threshold,
        verdict,
        twin.iterations,
        span,
        first,
        last,
        own if np.isfinite(own) else float("nan"),
        float(norms[np.isfinite(norms)].max(initial=0.0)),
        trial.clipped,
    )
