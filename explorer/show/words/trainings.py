"""Sentences about the outcome of a training."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.training import Ending, History
from explorer.show.words import say
from explorer.show.words.numbers import short


def lane_name(e: Experiment) -> str:
    """A lane's name among others, by how it is clipped."""
    return say("training_lane", e.clip, threshold=short(e.clip_threshold))


def outcome_sentence(history: History, lane: int) -> str:
    """The last loss, on held-out sequences or else of a batch, beside the baseline if one is known."""
    held_out, losses = history.eval_loss[:, lane], history.loss[:, lane]
    evaluated = np.flatnonzero(~np.isnan(held_out))
    finite = np.flatnonzero(np.isfinite(losses))
    if not len(finite):
        return say("training_outcome", "nothing")
    key, value, iteration = "batch", float(losses[finite[-1]]), int(finite[-1]) + 1
    if len(evaluated):
        key, value, iteration = "held_out", float(held_out[evaluated[-1]]), int(history.eval_at[evaluated[-1]])
    sentence = say("training_outcome", key, loss=short(value), iteration=f"{iteration:,}")
    baseline = float(history.baseline[lane])
    if np.isnan(baseline):
        return sentence
    return f"{sentence} {say('training_outcome', 'baseline', baseline=short(baseline))}"


def ending_sentence(ending: Ending) -> str:
    """When, where in the sequence, and of what a lane ended."""
    return say("training_ending", ending.cause, iteration=f"{ending.iteration:,}", step=f"{ending.step:,}")
