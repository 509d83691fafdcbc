"""Samples of a network's predictions after some training, on sequences that no iteration reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.base.backend import open_backend
from explorer.base.streams import generator
from explorer.engine.experiment import Experiment
from explorer.engine.network import Network
from explorer.engine.run import run
from explorer.model.tasks import TASKS
from explorer.model.tasks.contract import Answers, Curves, alphabet

WRITTEN = 80  # characters that the network writes
READ = 200  # maximum number of characters that it reads before

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Writing:
    """The end of the text that was read, and the continuation: characters drawn with the network's probabilities."""

    read: str
    written: str


Sample = Answers | Writing | Curves


def sample(experiment: Experiment, weights: Weights) -> Sample | None:
    """Predictions of the network with these weights (torch's names and layouts); None for a task without answers."""
    task = TASKS[experiment.task]
    if text := task.text(experiment.task_request):
        return _writing(experiment, weights, text)
    return task.sample(*_held_out_outputs(experiment, weights, task.listens)) if task.listens else None


def _writing(e: Experiment, weights: Weights, text: str) -> Writing:
    characters, rng = alphabet(text), generator(e.seed, "sample")
    start = int(rng.integers(len(text)))
    read = "".join(text[(start + i) % len(text)] for i in range(min(e.seq_len, READ)))
    reader = _Reader(e, weights, len(characters))
    for character in read:
        scores = reader.next(characters.index(character))
    written = ""
    for _ in range(WRITTEN):
        if not np.isfinite(scores).all():
            break
        odds = np.exp(scores - scores.max())
        choice = int(rng.choice(len(characters), p=odds / odds.sum()))
        written += characters[choice]
        scores = reader.next(choice)
    return Writing(read[-40:], written)


def _held_out_outputs(e: Experiment, weights: Weights, sequences: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (T, B, O) and the task's targets (T, B, …) for a few held-out sequences."""
    request = replace(e.task_request, batch_size=sequences)
    batch = TASKS[e.task].draw(generator(e.seed, "held out"), request)
    plain = e.replace(batch_size=sequences, loss_at="every", clip="none", backend="numpy", device="auto")
    return run(plain, weights=weights, inputs=batch.inputs, targets=batch.targets).outputs, batch.targets


class _Reader:
    """Reads one symbol after the other and keeps its state; `next` returns the scores (O,) of the following symbol."""

    def __init__(self, e: Experiment, weights: Weights, characters: int) -> None:
        backend = open_backend("numpy", "auto", e.dtype)
        self._network = Network.of(e, {name: w[None] for name, w in weights.items()}, backend)
        self._states = self._network.at_rest(1, 1, e.hidden_size)
        self._one_hot = np.eye(characters)

    def next(self, symbol: int) -> np.ndarray:
        x = self._network.backend.asarray(self._one_hot[symbol][None, None, None])
        with self._network.backend.computing():
            forth = self._network.forward(x, self._states)
        self._states = [{name: states[-1] for name, states in layer.states.items()} for layer in forth.layers]
        return np.asarray(forth.outputs[0, 0, 0], dtype=float)
