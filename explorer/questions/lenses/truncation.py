"""Truncated back-propagation through time: the gradient that remains when it may go back k steps only.

Two methods share this name. *Chunks* cut the sequence from its start into pieces of k steps and detach the states
between them, as most training loops do (Mikolov et al. 2010; `h.detach()`); a loss then goes back 1 to k steps, which
depends on its place in the chunk. A *sliding window* gives every loss the same k steps (Williams & Peng 1990, their
BPTT(h)). k = 1 means: through the step of the loss itself, and to no state before it.

Chunks take a lane for each k, cleared where the states are detached. The sliding window takes a lane for each loss, and
sums those that are young enough. The readout's gradient is never truncated, and is left out of all shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.errors import raise_all
from explorer.base.long_work import Work, finished, long_function
from explorer.base.scaling import NO_EXPONENT, exponents, log10_norm, power_of_two, times_power_of_two
from explorer.engine.experiment import memory_errors
from explorer.engine.trace import Trace
from explorer.engine.weight_gradients import WeightGradients
from explorer.questions.lenses.lanes import STRETCH, Arrivals, Lanes
from explorer.questions.lenses.linear_steps import Stretch, backwards, check_index, widened


@dataclass(frozen=True, eq=False)
class Truncation:
    """The gradients that each window leaves, beside the true ones.

    Attributes:
        code: ``whole``, or ``overflowed``: there are no gradients, and all numbers are NaN.
        windows: (n,) the lengths k.
        log10_state_grad_norm: state name → (n, L, T+1), as in a trace; −inf where a window lets nothing through.
        share: parameter → (n,) ‖truncated‖ / ‖true‖; exceeds 1 where the steps that are cut would have cancelled
            others. NaN where the true gradient is exactly zero.
        cosine: parameter → (n,) of the angle between the two; NaN where either is exactly zero.
        total_share, total_cosine: (n,) the same for all parameters of all layers as one vector.
    """

    code: str
    windows: np.ndarray
    log10_state_grad_norm: Mapping[str, np.ndarray]
    share: Mapping[str, np.ndarray]
    cosine: Mapping[str, np.ndarray]
    total_share: np.ndarray
    total_cosine: np.ndarray


@long_function
def truncated_in_chunks(trace: Trace, windows: Sequence[int]) -> Work[Truncation]:
    """Detach the states after every k-th step, counted from the first, for each k of `windows`.

    Raises:
        ExplorerError: a window is not between 1 and T.
    """
    _check_windows(trace, windows)
    if trace.overflow_step is not None:
        return _overflowed_result(trace, windows)
    gradients = yield from _chunks(trace, windows)
    return gradients.against(gradients.last())


@long_function
def truncated_by_sliding_window(trace: Trace, windows: Sequence[int]) -> Work[Truncation]:
    """Let every loss go back through k steps, its own the first of them, for each k of `windows`.

    Raises:
        ExplorerError: a window is not between 1 and T, or so many losses at once exceed the memory budget.
    """
    _check_windows(trace, windows)
    if trace.overflow_step is not None:
        return _overflowed_result(trace, windows)
    gradients = yield from _sliding(trace, windows)
    return gradients.against(finished(_chunks(trace, ())).last())


class _Gradients:
    """Gathers the truncated gradients step by step; one lane for each window."""

    def __init__(self, trace: Trace, lanes: Lanes, windows: Sequence[int], count: int) -> None:
        e = trace.experiment
        self._lanes, self._windows = lanes, windows
        shape = (count, e.num_layers, e.seq_len + 1)
        self.norms = {name: np.full(shape, -np.inf) for name in lanes.layers[0].names}
        self.sums = WeightGradients(lanes.backend, e.seq_len, count)

    def add_norms(self, t: int, layer: int, states: Mapping[str, np.ndarray], exponent: np.ndarray) -> None:
        """Note the norms at step t of total derivatives (B, N, H), by state."""
        for name, d in states.items():
            self.norms[name][:, layer, t] = log10_norm(d.swapaxes(0, 1), exponent)

    def add_terms(self, t: int, layer: int, part: Stretch, delta: np.ndarray, exponent: np.ndarray) -> None:
        """Add the parameters' gradients through step t, from the deltas (B, N, D)."""
        steps, index, N = self._lanes.layers[layer], t - 1 - part.first, delta.shape[1]

        def lanes_first(array: np.ndarray) -> np.ndarray:
            return widened({"": array[index : index + 1]}, N)[""].swapaxes(1, 2)

        slopes, before = ({n: lanes_first(a) for n, a in arrays.items()} for arrays in (part.slopes, part.before))
        delta = np.ascontiguousarray(delta.swapaxes(0, 1))[None]
        self.sums.add(steps.layer.gradients(slopes, delta, lanes_first(part.inputs), before), t - 1, exponent)

    def last(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Parameter → gradient of the last lane, as mantissas with an exponent (1,)."""
        return {name: (total[-1:], exponent[-1:]) for name, (total, exponent) in self.sums.scaled_totals().items()}

    def against(self, true: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Truncation:
        """Compare the gradients of the windows with the true ones."""
        n, totals = len(self._windows), self.sums.scaled_totals()
        truncated = {name: (total[:n], exponent[:n]) for name, (total, exponent) in totals.items()}
        comparisons = {name: _share_and_cosine({name: truncated[name]}, {name: true[name]}) for name in true}
        return Truncation(
            "whole",
            np.array(self._windows),
            {name: norms[:n] for name, norms in self.norms.items()},
            {name: share for name, (share, _) in comparisons.items()},
            {name: cosine for name, (_, cosine) in comparisons.items()},
            *_share_and_cosine(truncated, true),
        )


def _chunks(trace: Trace, windows: Sequence[int]) -> Work[_Gradients]:
    """Walk back a lane for each window, and a last one that is never detached."""
    T, count = trace.experiment.seq_len, len(windows) + 1
    lanes, arrivals, periods = Lanes(trace, count=count), Arrivals.of(trace), np.array([*windows, T + 1])
    gradients = _Gradients(trace, lanes, windows, count)
    for start, stop in backwards(T, STRETCH):
        with lanes.backend.computing():
            parts = lanes.stretches(start, stop)
            rows = [part.rows(count) for part in parts]
            for t in range(stop, start, -1):
                lanes.clear(t % periods == 0)
                if t > arrivals.first:
                    i = t - 1 - arrivals.first
                    lanes.arrive(arrivals.mantissas[i], int(arrivals.exponent[i]), slice(None))
                back = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows])
                for layer, part in enumerate(parts):
                    gradients.add_norms(t, layer, back.totals[layer], back.exponent)
                    gradients.add_terms(t, layer, part, back.deltas[layer], back.exponent)
        yield 1 - start / T
    for layer, states in enumerate(lanes.carried()):
        gradients.add_norms(0, layer, states, lanes.exponent)
    return gradients


def _sliding(trace: Trace, windows: Sequence[int]) -> Work[_Gradients]:
    """Walk back a lane for each loss, the last loss first; each window sums the losses that it still lets through."""
    T, longest = trace.experiment.seq_len, max(windows)
    lanes, arrivals = Lanes(trace), Arrivals.of(trace)
    _check_memory(trace, lanes, min(longest + STRETCH, len(arrivals.mantissas)))
    gradients, oldest = _Gradients(trace, lanes, windows, len(windows)), T  # the step of the loss in the first lane
    for start, stop in backwards(T, STRETCH):
        with lanes.backend.computing():
            expired = min(max(0, oldest - (stop + longest - 1)), len(lanes.exponent))
            lanes.close(expired)
            oldest -= expired
            lanes.open(max(0, oldest - max(start, arrivals.first) - len(lanes.exponent)))
            parts = lanes.stretches(start, stop)
            rows = [part.rows(len(lanes.exponent)) for part in parts]
            for t in range(stop, start, -1):
                if t > arrivals.first:
                    i = t - 1 - arrivals.first
                    lanes.arrive(arrivals.mantissas[i], int(arrivals.exponent[i]), slice(oldest - t, oldest - t + 1))
                back = lanes.back([layer_rows[t - 1 - start] for layer_rows in rows])
                weights, exponent = _window_weights(oldest - t, windows, back.exponent)
                for layer, part in enumerate(parts):
                    gradients.add_norms(t, layer, {n: weights @ d for n, d in back.totals[layer].items()}, exponent)
                    gradients.add_terms(t, layer, part, weights @ back.deltas[layer], exponent)
        yield 1 - start / T
    weights, exponent = _window_weights(oldest, windows, lanes.exponent)
    for layer, states in enumerate(lanes.carried()):
        gradients.add_norms(0, layer, {name: weights @ d for name, d in states.items()}, exponent)
    return gradients


def _window_weights(oldest: int, windows: Sequence[int], exponent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (n, N) by which each window sums the lanes, with ages `oldest`, `oldest` − 1, …; exponents (n,)."""
    age = oldest - np.arange(len(exponent))
    mask = (age >= 0) & (age < np.array(windows)[:, None]) & (exponent != NO_EXPONENT)
    top = np.where(mask, exponent, NO_EXPONENT).max(axis=1, initial=NO_EXPONENT)
    return np.where(mask, power_of_two(exponent - top[:, None], np.dtype(float)), 0.0), top


def _share_and_cosine(
    truncated: Mapping[str, tuple[np.ndarray, np.ndarray]], true: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Share and cosine (n,) of all given parameters' gradients, as one vector."""
    (ours, ours_exponent), (theirs, theirs_exponent) = _concatenated(truncated), _concatenated(true)
    cosine = np.full(len(ours), np.nan)
    share = np.full(len(ours), np.nan)
    if theirs.any():
        norms, true_norm = (np.linalg.norm(v, axis=-1) for v in (ours, theirs))
        share = times_power_of_two(norms / true_norm, ours_exponent - theirs_exponent)
        nonzero = norms > 0
        cosine[nonzero] = ours[nonzero] @ theirs[0] / (norms[nonzero] * true_norm)
    return share, np.clip(cosine, -1.0, 1.0)


def _concatenated(gradients: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """(n, P) all entries side by side, scaled to about 1, and the exponents (n,)."""
    flat = [(total.reshape(len(total), -1), exponent) for total, exponent in gradients.values()]
    peaks = [exponents(np.abs(values).max(axis=-1)) for values, _ in flat]
    tops = [np.where(p == NO_EXPONENT, NO_EXPONENT, p + e) for p, (_, e) in zip(peaks, flat, strict=True)]
    top = np.maximum.reduce(tops)
    scaled = [
        np.ldexp(v, np.where(t == NO_EXPONENT, 0, e - top)[:, None]) for (v, e), t in zip(flat, tops, strict=True)
    ]
    return np.concatenate(scaled, axis=-1), np.where(top == NO_EXPONENT, 0, top)


def _check_windows(trace: Trace, windows: Sequence[int]) -> None:
    for window in windows:
        check_index("windows", window, 1, trace.experiment.seq_len)


def _check_memory(trace: Trace, lanes: Lanes, count: int) -> None:
    e, steps = trace.experiment, lanes.layers[0]
    values = 2 * len(steps.names) + 2 * len(steps.cell.blocks)  # a step's cotangents, and those of the next
    raise_all(memory_errors(8 * count * e.batch_size * e.hidden_size * e.num_layers * values, e))


def _overflowed_result(trace: Trace, windows: Sequence[int]) -> Truncation:
    n, nan = len(windows), np.full(len(windows), np.nan)
    norms = {name: np.full((n, *values.shape), np.nan) for name, values in trace.log10_state_grad_norm.items()}
    by_parameter = {name: nan for name in trace.weights if not name.endswith("_out")}
    return Truncation("overflowed", np.array(windows), norms, by_parameter, by_parameter, nan, nan)
