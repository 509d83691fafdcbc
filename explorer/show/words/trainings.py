"""What became of a training, as sentences."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.training import Ending, History
from explorer.show.words import say
from explorer.show.words.numbers import short


def lane_name(e: Experiment) -> str:
    """How a lane is called beside others."""
    return say("training_lane", e.clip, threshold=short(e.clip_threshold))


def outcome_sentence(history: History, lane: int) -> str:
    """The last loss on held-out sequences, or of a batch, beside the known baseline."""
    held_out, losses = history.eval_loss[:, lane], history.loss[:, lane]
    evaluated = np.flatnonzero(~np.isnan(held_out))
    finite = np.flatnonzero(np.isfinite(losses))
    if not len(finite):
        return say("training_outcome", "nothing")
    key, value, at = "batch", float(losses[finite[-1]]), int(finite[-1]) + 1
    if len(evaluated):
        key, value, at = "held_out", float(held_out[evaluated[-1]]), int(history.eval_at[evaluated[-1]])
    said = say("training_outcome", key, loss=short(value), iteration=f"{at:,}")
    baseline = float(history.baseline[lane])
    if np.isnan(baseline):
        return said
    return f"{said} {say('training_outcome', 'baseline', baseline=short(baseline))}"


def ending_sentence(ending: Ending) -> str:
    """When, where in the sequence, and of what a lane ended."""
    return say("training_ending", ending.cause, iteration=f"{ending.iteration:,}", step=f"{ending.step:,}")
