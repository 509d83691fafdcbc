"""What the caller of a run supplied, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.spectra import recurrent_spectra
from explorer.show.words import say
from explorer.show.words.numbers import short

ARGUMENTS = ("weights", "inputs", "targets", "output_grads", "initial_state")  # in the order in which they are said


def supplied_text(trace: Trace) -> str:
    """The supplied arrays by name: "weights, inputs and targets"."""
    *first, last = (say("supplied", name) for name in ARGUMENTS if name in trace.supplied)
    return say("verdict_part", "and", first=", ".join(first), last=last) if first else last


def array_rows(trace: Trace) -> Iterator[tuple[str, ...]]:
    """Name, shape, mean, standard deviation, largest magnitude and spectral radius of each supplied array, as text.

    Targets are not among them, since a trace does not keep them.
    """
    radii = _radii(trace)
    if "weights" in trace.supplied:
        for name, weight in trace.weights.items():
            yield _row(name, weight, radii.get(name, ""))
    if "inputs" in trace.supplied:
        yield _row(say("supplied", "inputs"), trace.inputs)
    if "output_grads" in trace.supplied:
        yield _row(say("supplied", "output_grads"), trace.output_grads)
    if "initial_state" in trace.supplied:
        for name, states in trace.states.items():
            yield _row(say("supplied", "initial", state=name), states[:, 0])


def _row(name: str, array: np.ndarray, radius: str = "") -> tuple[str, ...]:
    values = np.asarray(array, float)
    shape = " × ".join(f"{size:,}" for size in array.shape)
    numbers = (values.mean(), values.std(), np.abs(values).max())
    return (name, shape, *(short(float(number)) for number in numbers), radius)


def _radii(trace: Trace) -> dict[str, str]:
    """Recurrent weight → the spectral radius of each of its blocks, with the block's name where there are several."""
    radii = {}
    for layer in range(trace.experiment.num_layers):
        spectra = [(spectrum.name.partition(" "), spectrum.radius) for spectrum in recurrent_spectra(trace, layer)]
        for weight in dict.fromkeys(parts[0] for parts, _ in spectra):
            blocks = [(parts[2], short(radius)) for parts, radius in spectra if parts[0] == weight]
            texts = [f"{radius} ({block})" if len(blocks) > 1 else radius for block, radius in blocks]
            radii[f"{weight}_l{layer}"] = ", ".join(texts)
    return radii
