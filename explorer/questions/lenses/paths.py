"""Paths: the ways of the gradient from one step to the step before, and the part that took the direct way only.

A cell's backward step is linear in the total derivatives d and in the cotangents delta of the pre-activations, which
it computes from d. With delta = 0 it is the direct way from state to state (c_{t+1} to c_t through f, h_{t+1} to h_t
through z); with d = 0 and one block of delta it is the way through that block's weights. These parts, and the gradient
that enters at t from outside, sum to the trace's ∂L/∂h_t, and to ∂L/∂c_t, to which each way through h_t contributes.

The part that takes the direct way at every step is the product of the forget gates, ∏f ⊙ …, for which the LSTM was
designed (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000). Without a direct way it is exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import raise_all
from explorer.base.long_work import Work, long_function
from explorer.base.scaling import LOG10_2, NO_EXPONENT, exponents, log10, power_of_two, times_power_of_two
from explorer.engine.experiment import memory_errors
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays
from explorer.questions.lenses.lanes import STRETCH, Arrivals, Back, Lanes
from explorer.questions.lenses.linear_steps import LinearSteps, backwards

KEPT, OUTSIDE, DIRECT = 0, 1, 2  # indices of lanes of `_Split`; one lane for each block follows


@dataclass(frozen=True, eq=False)
class Paths:
    """One layer's total derivatives at the steps 1 to T, split into parts; norms and products over sequences and units.

    Attributes:
        code: ``whole``, or ``overflowed``: there are no gradients, and all numbers are NaN.
        names: the P ways by which a gradient arrives at step t: ``outside`` (from the loss at t or the layer above),
            then from step t+1 ``direct`` and through the weights of each of the cell's blocks.
        log10_total: state name → (T,) log10 of the norm of the total derivative.
        log10_part: state name → (P, T) log10 of the norm of each part; −inf where nothing comes that way.
        share: state name → (P, T) ⟨part, total⟩ / ‖total‖²; negative where a part works against the rest. They sum to
            1 over the P parts; NaN where the total is exactly zero.
        log10_kept: state name → (T,) log10 of the norm of the part on the direct way alone since it entered.
    """

    code: str
    names: tuple[str, ...]
    log10_total: Mapping[str, np.ndarray]
    log10_part: Mapping[str, np.ndarray]
    share: Mapping[str, np.ndarray]
    log10_kept: Mapping[str, np.ndarray]

    @property
    def carried_state(self) -> str:
        """The state along which the direct way leads (c of an LSTM); the first state where there is no such way."""
        index = self.names.index("direct")
        return max(self.log10_part, key=lambda name: bool(np.isfinite(self.log10_part[name][index]).any()))

    def typical_shares(self, state: str) -> dict[str, float]:
        """Each way that is used → its median share over the steps whose total is not zero."""
        shares = self.share[state][:, np.isfinite(self.share[state][0])]
        used = np.isfinite(self.log10_part[state]).any(axis=1) & (shares.shape[1] > 0)
        return {name: float(np.median(shares[n])) for n, name in enumerate(self.names) if used[n]}


@long_function
def paths(trace: Trace, layer: int = -1) -> Work[Paths]:
    """Norms and shares of the parts of one layer's gradient at every step.

    Raises:
        ExplorerError: there is no such layer.
    """
    split, T = _Split(LinearSteps(trace, layer), trace.experiment.batch_size), trace.experiment.seq_len
    states, P = split.steps.names, len(split.names)
    total, kept = ({name: np.full(T, np.nan) for name in states} for _ in range(2))
    part, share = ({name: np.full((P, T), np.nan) for name in states} for _ in range(2))
    if trace.overflow_step is not None:
        return Paths("overflowed", split.names, total, part, share, kept)
    for t, back, lanes, exponent in _walk(trace, layer, split):
        for name, values in lanes.items():
            norms = log10(np.vecdot(values, values).sum(axis=0)) / 2 + exponent * LOG10_2
            kept[name][t - 1], part[name][:, t - 1] = norms[KEPT], norms[OUTSIDE:]
            total[name][t - 1] = back.log10_norms(0, name)[0]
            share[name][:, t - 1] = _shares(values[:, OUTSIDE:], exponent[OUTSIDE:], back, name)
        if t % STRETCH == 1:
            yield 1 - (t - 1) / T
    return Paths("whole", split.names, total, part, share, kept)


def path_vectors(trace: Trace, layer: int = -1) -> dict[str, np.ndarray]:
    """State name → (P, T, B, H): the parts themselves, as plain floats, in the order of `Paths.names`.

    Summed over P they are the trace's `state_grads` at the steps 1 to T.

    Raises:
        ExplorerError: there is no such layer, or the vectors exceed the memory budget; `paths` never does.
    """
    e = trace.experiment
    split = _Split(LinearSteps(trace, layer), e.batch_size)
    shape = (len(split.names), e.seq_len, e.batch_size, e.hidden_size)
    raise_all(memory_errors(8 * len(split.steps.names) * int(np.prod(shape)), e))
    vectors = {name: np.full(shape, np.nan) for name in split.steps.names}
    if trace.overflow_step is None:
        for t, _, lanes, exponent in _walk(trace, layer, split):
            for name, values in lanes.items():
                parts = values[:, OUTSIDE:].swapaxes(0, 1)
                vectors[name][:, t - 1] = times_power_of_two(parts, exponent[OUTSIDE:, None, None])
    return vectors


def _shares(parts: np.ndarray, exponent: np.ndarray, back: Back, name: str) -> np.ndarray:
    """(P,) shares of parts (B, P, H) in the total."""
    total, square = back.totals[0][name], back.squares[0][name][0]
    if square == 0:
        return np.full(len(exponent), np.nan)
    return np.vecdot(parts, total).sum(axis=0) / square * power_of_two(exponent - back.exponent[0], parts.dtype)


class _Split:
    """The lanes of one layer, each with its own exponent: the part on the direct way, and the parts of the total."""

    def __init__(self, steps: LinearSteps, sequences: int) -> None:
        blocks = tuple(name for name in steps.cell.blocks if name in steps.cell.delta_blocks)
        self.steps, self.names = steps, ("outside", "direct", *blocks)
        self._through = np.repeat(
            [[n == name for n in steps.cell.delta_blocks] for name in blocks], steps.units, axis=1
        )
        self.count = 1 + len(self.names)
        self._arriving = steps.zeros(sequences, self.count)
        self._exponent = np.full(self.count, NO_EXPONENT)

    def totals(self, row: Arrays, outside: np.ndarray, exponent: int) -> tuple[Arrays, np.ndarray]:
        """Add the gradient from `outside` (B, H) to that from the step after → the lanes' totals, exponents (N,)."""
        new_exponent = self._exponent.copy()
        new_exponent[KEPT], new_exponent[OUTSIDE] = max(new_exponent[KEPT], exponent), exponent
        factor = power_of_two(self._exponent - new_exponent, outside.dtype)[:, None]
        arriving = {name: value * factor for name, value in self._arriving.items()}
        arriving["h"][:, KEPT] += outside * power_of_two(exponent - new_exponent[KEPT], outside.dtype)
        arriving["h"][:, OUTSIDE] = outside
        return self.steps.total(row, arriving), new_exponent

    def back(self, row: Arrays, totals: Arrays, exponent: np.ndarray, back: Back) -> None:
        """One step back: the kept lane of `totals`, and the whole gradient of `back` split into its ways."""
        d = {name: np.zeros_like(value) for name, value in totals.items()}
        for name, value in d.items():
            value[:, KEPT], value[:, DIRECT] = totals[name][:, KEPT], back.totals[0][name][:, 0]
        total_delta = back.deltas[0]
        delta = np.zeros((total_delta.shape[0], self.count, total_delta.shape[-1]))
        delta[:, DIRECT + 1 :] = total_delta * self._through
        before = self.steps.layer.back(row, d, delta)
        shift = exponents(np.max([np.abs(value[:, KEPT]).max() for value in before.values()]))
        self._arriving = {name: np.array(value) for name, value in before.items()}
        self._exponent = np.full(self.count, back.exponent[0])
        self._exponent[KEPT] = NO_EXPONENT if shift == NO_EXPONENT else exponent[KEPT] + shift
        for value in self._arriving.values():
            value[:, KEPT] *= power_of_two(-shift, value.dtype)


def _walk(trace: Trace, layer: int, split: _Split) -> Iterator[tuple[int, Back, Arrays, np.ndarray]]:
    """Yields from step T to 1: t, the whole gradient's step, and the lanes' totals (B, N, H) with exponents (N,)."""
    lanes, arrivals = Lanes(trace, layer, 1), Arrivals.of(trace)
    for start, stop in backwards(trace.experiment.seq_len, STRETCH):
        with lanes.backend.computing():
            stretches = lanes.stretches(start, stop)
            rows, wide = [part.rows(1) for part in stretches], stretches[0].rows(split.count)
        for t in range(stop, start, -1):
            with lanes.backend.computing():
                outside, exponent = np.zeros(arrivals.mantissas.shape[1:]), NO_EXPONENT
                if t > arrivals.first:
                    outside = arrivals.mantissas[t - 1 - arrivals.first]
                    exponent = int(arrivals.exponent[t - 1 - arrivals.first])
                    lanes.arrive(outside, exponent, slice(None))
                back = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows])
                if len(lanes.layers) > 1:
                    outside, exponent = lanes.layers[1].down(back.deltas[1])[:, 0], int(back.exponent[0])
                row = wide[t - 1 - start]
                totals, own_exponents = split.totals(row, outside, exponent)
                split.back(row, totals, own_exponents, back)
            yield t, back, totals, own_exponents
