"""What a network says after some training, on sequences that no iteration reads: a sample of its predictions.

Which of the records below a task has says `SAMPLES`; a task without anything to hear (noise) has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.backend import open_backend
from explorer.engine.experiment import Experiment
from explorer.engine.network import Network
from explorer.engine.run import run
from explorer.model.initialisers import generator
from explorer.model.tasks import TASKS
from explorer.model.tasks.contract import TaskRequest
from explorer.model.tasks.copy import BLANK, copied
from explorer.model.tasks.stocks import weekly_prices
from explorer.model.tasks.text import alphabet, zen_of_python

SHOWN = 6  # sequences of which the answer is shown
WRITTEN = 80  # characters
READ = 200  # of a text, before it writes on
ORDERS = ("AA", "AB", "BA", "BB")

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Answers:
    """What was asked for and what was said.

    Attributes:
        kind: ``symbols`` (copied, one text a sequence), ``orders`` or ``numbers`` (one answer a sequence).
    """

    kind: str
    asked: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Writing:
    """The end of what was read, and how the network writes on: character by character, drawn by its own odds."""

    read: str
    written: str


@dataclass(frozen=True, eq=False)
class Curves:
    """(T,) what came, and what was expected one step before.

    Attributes:
        kind: ``sine`` or ``price`` (of the first company, the first week's being 1).
    """

    kind: str
    came: np.ndarray
    expected: np.ndarray


Sample = Answers | Writing | Curves


def sample(experiment: Experiment, weights: Weights) -> Sample | None:
    """What the network with these weights (torch's names) says; None for a task without an answer to hear."""
    make = SAMPLES.get(experiment.task)
    return None if make is None else make(experiment, weights)


def _copied(e: Experiment, weights: Weights) -> Answers:
    outputs, targets = _heard(e, weights, 3)
    n = copied(e.seq_len)
    said, asked = outputs[-n:].argmax(axis=-1), targets[-n:]
    return Answers("symbols", *(tuple(_symbols(row) for row in part.T) for part in (asked, said)))


def _symbols(row: np.ndarray) -> str:
    return "".join("·" if symbol == BLANK else str(symbol + 1) for symbol in row)


def _ordered(e: Experiment, weights: Weights) -> Answers:
    outputs, targets = _heard(e, weights, SHOWN)
    said = outputs[-1].argmax(axis=-1)
    return Answers("orders", tuple(ORDERS[c] for c in targets[-1]), tuple(ORDERS[c] for c in said))


def _added(e: Experiment, weights: Weights) -> Answers:
    outputs, targets = _heard(e, weights, SHOWN)
    return Answers("numbers", *(tuple(_number(float(v)) for v in y[-1, :, 0]) for y in (targets, outputs)))


def _number(value: float) -> str:
    return (f"{value:.2f}" if abs(value) < 1000 else f"{value:.0e}").replace("-", "−")


def _waved(e: Experiment, weights: Weights) -> Curves:
    outputs, targets = _heard(e, weights, 1)
    return Curves("sine", targets[:, 0, 0], outputs[:, 0, 0])


def _priced(e: Experiment, weights: Weights) -> Curves:
    """Each week's price as expected from the true price of the week before."""
    outputs, targets = _heard(e, weights, 1)
    spread = float(np.diff(np.log(weekly_prices()[:, 0])).std())
    came = np.exp(np.cumsum(targets[:, 0, 0]) * spread)
    before = np.concatenate([[1.0], came[:-1]])
    with np.errstate(over="ignore"):
        return Curves("price", came, before * np.exp(outputs[:, 0, 0] * spread))


def _written(e: Experiment, weights: Weights) -> Writing:
    text = e.text or zen_of_python()
    signs = alphabet(text)
    rng = generator(e.seed, "sample")
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


SAMPLES: dict[str, Callable[[Experiment, Weights], Sample]] = {
    "adding": _added,
    "copy": _copied,
    "temporal_order": _ordered,
    "sine": _waved,
    "stocks": _priced,
    "text": _written,
}


def _heard(e: Experiment, weights: Weights, sequences: int) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (T, B, O) and the task's targets (T, B, …) for a few held-out sequences."""
    request = TaskRequest(e.seq_len, sequences, e.input_size, e.text)
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
