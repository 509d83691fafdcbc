"""What a network says after some training, on sequences that no iteration reads: a sample of its predictions."""

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

WRITTEN = 80  # characters
READ = 200  # of a text, before it writes on

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Writing:
    """The end of what was read, and how the network writes on: character by character, drawn by its own odds."""

    read: str
    written: str


Sample = Answers | Writing | Curves


def sample(experiment: Experiment, weights: Weights) -> Sample | None:
    """What the network with these weights (torch's names) says; None for a task without an answer to hear."""
    task = TASKS[experiment.task]
    if text := task.text(experiment.task_request):
        return _writing(experiment, weights, text)
    return task.sample(*_heard(experiment, weights, task.listens)) if task.listens else None


def _writing(e: Experiment, weights: Weights, text: str) -> Writing:
    signs, rng = alphabet(text), generator(e.seed, "sample")
    start = int(rng.integers(len(text)))
    read = "".join(text[(start + i) % len(text)] for i in range(min(e.seq_len, READ)))
    reader = _Reader(e, weights, len(signs))
    for sign in read:
        scores = reader.next(signs.index(sign))
    written = ""
    for _ in range(WRITTEN):
        if not np.isfinite(scores).all():
            break
        odds = np.exp(scores - scores.max())
        choice = int(rng.choice(len(signs), p=odds / odds.sum()))
        written += signs[choice]
        scores = reader.next(choice)
    return Writing(read[-40:], written)


def _heard(e: Experiment, weights: Weights, sequences: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (T, B, O) and the task's targets (T, B, …) for a few held-out sequences."""
    request = replace(e.task_request, batch_size=sequences)
    batch = TASKS[e.task].draw(generator(e.seed, "held out"), request)
    plain = e.replace(batch_size=sequences, loss_at="every", clip="none", backend="numpy", device="auto")
    return run(plain, weights=weights, inputs=batch.inputs, targets=batch.targets).outputs, batch.targets


class _Reader:
    """Reads one symbol after the other and keeps its state; scores (O,) of the next."""

    def __init__(self, e: Experiment, weights: Weights, signs: int) -> None:
        backend = open_backend("numpy", "auto", e.dtype)
        self._network = Network.of(e, {name: w[None] for name, w in weights.items()}, backend)
        self._states = self._network.at_rest(1, 1, e.hidden_size)
        self._one_hot = np.eye(signs)

    def next(self, symbol: int) -> np.ndarray:
        x = self._network.backend.asarray(self._one_hot[symbol][None, None, None])
        with self._network.backend.computing():
            forth = self._network.forward(x, self._states)
        self._states = [{name: states[-1] for name, states in layer.states.items()} for layer in forth.layers]
        return np.asarray(forth.outputs[0, 0, 0], dtype=float)
