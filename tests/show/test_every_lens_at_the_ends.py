"""Every lens for every cell where a network is at an end: no exception, and no broken number in what is said."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.show.lenses import LENSES
from tests.common.sayings import faults, lens_texts, said_of

SMALL = {"seq_len": 9, "hidden_size": 3, "batch_size": 2, "loss_at": "every", "task": "noise"}
BLOWN_UP = 1e200  # weights of this size overflow in the second step or saturate everything


def dead(e):
    """All weights and biases of the recurrent layers 0: no state ever moves."""
    weights = {n: w if "_out" in n else np.zeros_like(w) for n, w in explorer.run(e).weights.items()}
    return explorer.run(e, weights=weights)


def blown_up(e):
    weights = {n: w if "_out" in n else BLOWN_UP * w for n, w in explorer.run(e).weights.items()}
    return explorer.run(e, weights=weights)


def without_a_gradient(e):
    plain = explorer.run(e)
    return explorer.run(e, output_grads=np.zeros(plain.outputs.shape))


def padded(e):
    grads = np.ones(explorer.run(e).outputs.shape)
    grads[5:] = 0.0
    return explorer.run(e, output_grads=grads)


ENDS = {
    "gain 0": lambda e: explorer.run(e.replace(gain=0.0)),
    "dead": dead,
    "overflowed": blown_up,
    "unbounded": lambda e: explorer.run(e.replace(gain=100.0, activation="relu", seq_len=200, hidden_size=8)),
    "two steps": lambda e: explorer.run(e.replace(seq_len=2)),
    "one unit": lambda e: explorer.run(e.replace(hidden_size=1, batch_size=1)),
    "two layers": lambda e: explorer.run(e.replace(num_layers=2)),
    "without a gradient": without_a_gradient,
    "padded": padded,
}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_lens_says_the_same_of_a_padded_run(cell):
    e, T = explorer.Experiment(cell=cell, **{**SMALL, "seq_len": 30}), 20
    drawn = explorer.run(e)
    grads = np.random.default_rng(0).standard_normal(drawn.outputs.shape)
    grads[T:] = 0.0
    padded = explorer.run(e, weights=drawn.weights, inputs=drawn.inputs, output_grads=grads)
    short = e.replace(seq_len=T)
    plain = explorer.run(short, weights=drawn.weights, inputs=drawn.inputs[:T], output_grads=grads[:T])
    for name in ("reach", "paths", "precision", "saturation"):
        ours, theirs = (
            [
                text
                for place, text in lens_texts(name, trace).items()
                if place.startswith(f"{name} ") and place[-1].isdigit()
            ]
            for trace in (plain, padded)
        )
        assert ours == theirs


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_lens_has_words_there_too(cell, end):
    trace = ENDS[end](explorer.Experiment(cell=cell, **SMALL))
    for name in LENSES:
        texts = said_of(trace) | lens_texts(name, trace)
        assert not faults(trace, texts), name
