"""Precision: the same run in float64, float32, bfloat16 and float16, and where each of them loses the gradient.

Weights, inputs and the initial state are rounded, and so is every operation of the cells and of the readout, forward
and backward (`explorer.base.rounding`). The backward pass is not rescaled, as in plain code: small entries become exact
zeros and large ones ±∞. The loss is treated as in mixed-precision training (Micikevicius et al. 2018, "Mixed precision
training"): it is not rounded; its gradient at the outputs comes from the exact run, is multiplied by the loss scale,
and is rounded. Norms are shown with the scale divided out again.

These agree with torch in the same format: every cast, bit for bit, and single operations except for the last bit of an
exponential. These do not: a step's local slopes are multiplied together before the cotangent, where autograd multiplies
factor by factor; a matrix product sums in another order; and torch on a GPU may fuse operations and round less often.
So norms agree up to rounding, down to a decade above the smallest number. In that last decade, where single entries are
one or two times that number, an LSTM's gradient may end some steps earlier or later than torch's.

An underflow need not end in zeros: the smallest number times 0.6 rounds to itself. So behind a gate that keeps more
than half, the gradient stays at that number, with a growing error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.base.backend import open_backend
from explorer.base.long_work import Work, long_function, part_of
from explorer.base.rounding import FORMATS, Format
from explorer.base.scaling import LOG10_2, log10_norm
from explorer.engine.network import ForwardPass, Network
from explorer.engine.trace import Trace
from explorer.engine.trajectory import Trajectory
from explorer.engine.walk import walk_forward
from explorer.model.cells.contract import Arrays, transposed
from explorer.questions.lenses.linear_steps import backwards, check_index

LARGEST_SCALE = 24  # exponent of the loss scale; torch.amp.GradScaler starts at 16
STRETCH = 64  # steps whose slopes are computed together


@dataclass(frozen=True, eq=False)
class RunInFormat:
    """The gradient at the states of one layer, computed in one format; steps are 1-based.

    Attributes:
        log10_norm: state name → (T,): log10 ‖∂L/∂state‖ with the loss scale divided out; −inf where every entry is
            exactly zero, NaN where one is not finite.
        zero_share: (T,) share of the entries, over all states, sequences and units, that are exactly zero.
        overflow_step: the first step whose states or outputs are not finite (then there is no gradient), or None.
        lost_step: going back, the first step whose gradient at h is not finite although all states are, or None.
        silent_step: the last step at and before which the gradient at h is exactly zero although the exact run's is
            not at all of them, or None.
        off_step: going back, the first step where its norm is not within a factor of 2 of the exact one, or None.
    """

    log10_norm: Mapping[str, np.ndarray]
    zero_share: np.ndarray
    overflow_step: int | None
    lost_step: int | None
    silent_step: int | None
    off_step: int | None


@dataclass(frozen=True, eq=False)
class Precision:
    """One run in several formats.

    Attributes:
        code: ``whole``, or ``overflowed``: the run itself left the floats, so there is nothing to compare with.
        loss_scale: the loss is multiplied by 2 to this power.
        exact: state name → (T,) log10 norms of the run itself, which never underflow.
        formats: name of a format → the run in it, the widest format first.
    """

    code: str
    loss_scale: int
    exact: Mapping[str, np.ndarray]
    formats: Mapping[str, RunInFormat]


@long_function
def precision(
    trace: Trace, loss_scale: int = 0, formats: Sequence[str] = tuple(FORMATS), layer: int = -1
) -> Work[Precision]:
    """Repeat the run in each of `formats`, and compare the gradients at one layer.

    Raises:
        ExplorerError: there is no such layer, or the loss scale's exponent is not between 0 and 24.
    """
    check_index("layer", layer, -trace.experiment.num_layers, trace.experiment.num_layers - 1)
    check_index("loss_scale", loss_scale, 0, LARGEST_SCALE)
    exact = {name: norms[layer, 1:] for name, norms in trace.log10_state_grad_norm.items()}
    if trace.overflow_step is not None:
        return Precision("overflowed", loss_scale, exact, {})
    runs = {}
    for number, name in enumerate(formats):
        work = _run_in(trace, FORMATS[name], loss_scale, layer % trace.experiment.num_layers, exact)
        runs[name] = yield from part_of(work, number / len(formats), (number + 1) / len(formats))
    return Precision("whole", loss_scale, exact, runs)


def _run_in(
    trace: Trace, kind: Format, loss_scale: int, layer: int, exact: Mapping[str, np.ndarray]
) -> Work[RunInFormat]:
    run = _Run(trace, kind, loss_scale)
    yield from run.forward()
    return (yield from run.gradients_at(layer, exact))


class _Run:
    """The run in one format: the forward pass, and the backward walk of its gradients."""

    def __init__(self, trace: Trace, kind: Format, loss_scale: int) -> None:
        e = trace.experiment
        self.trace, self.kind, self.loss_scale = trace, kind, loss_scale
        backend = open_backend("numpy", dtype=kind.dtype.name)
        weights = {name: kind.take(w)[None] for name, w in trace.weights.items()}
        self.readout = (weights["weight_out"], weights["bias_out"]) if "weight_out" in weights else None
        self.network = Network.of(e, weights, backend).with_weights(kind.again)
        self.trajectories: list[Trajectory] = []
        self.overflow: int | None = None

    def forward(self) -> Work[None]:
        """Run all layers forward; the first half of the work."""
        x, computing = self.kind.take(self.trace.inputs[:, None]), self.network.backend.computing
        for n, layer in enumerate(self.network.layers):
            with computing():
                initial = {name: self.kind.take(s[n, 0][None]) for name, s in self.trace.states.items()}
                self.trajectories.append(walk_forward(layer, x, initial))
            x = self.kind.again(self.trajectories[-1].states["h"][1:])
            yield (n + 1) / (2 * len(self.network.layers))
        with computing():
            if self.readout is not None:
                x = x @ transposed(self.readout[0]) + self.readout[1][:, None, :]
            self.overflow = int(ForwardPass(self.network.backend, self.trajectories, x).overflow[0]) or None

    def gradients_at(self, layer: int, exact: Mapping[str, np.ndarray]) -> Work[RunInFormat]:
        """The gradients at the states of `layer`, walked back through the layers above it."""
        T = self.trace.experiment.seq_len
        norms = {name: np.full(T, np.nan) for name in self.network.cell.carried}
        zeros = np.full(T, np.nan)
        if self.overflow is not None:
            return RunInFormat(norms, zeros, self.overflow, None, None, T)
        computing = self.network.backend.computing
        with computing():
            arriving = self._loss_cotangents()
        for n in reversed(range(layer, len(self.trajectories))):
            for_layer_below: list[np.ndarray | None] = [None] * T
            for first, totals, deltas in self._walk_back(n, arriving):
                steps = slice(first, first + len(deltas))
                with computing():
                    if n == layer:
                        self._record_norms(totals, steps, norms, zeros)
                    else:
                        for_layer_below[steps] = [self.network.layers[n].down(d) for d in deltas]
                yield 1 - first / (2 * T)
            arriving = for_layer_below
        return RunInFormat(norms, zeros, None, *_failing_steps(norms["h"], exact["h"]))

    def _loss_cotangents(self) -> list[np.ndarray | None]:
        """The scaled gradient that the loss at each step sends into h of the top layer."""
        cotangents = self.trace.output_grads[:, None].astype(float) * 2.0**self.loss_scale
        arriving = self.kind.take(cotangents)
        arriving = arriving if self.readout is None else arriving @ self.readout[0]
        return [*[None] * (self.trace.experiment.seq_len - len(arriving)), *arriving]

    def _walk_back(
        self, n: int, arriving: Sequence[np.ndarray | None]
    ) -> Iterator[tuple[int, dict[str, np.ndarray], list[np.ndarray]]]:
        """Stretches of steps, the last first: their first step (0-based), the total derivatives, and the deltas."""
        layer, trajectory = self.network.layers[n], self.trajectories[n]
        d: Arrays = {name: self.kind.take(np.zeros(trajectory.states[name].shape[1:])) for name in layer.cell.carried}
        for first, stop in backwards(len(arriving), STRETCH):
            totals: dict[str, list[np.ndarray]] = {name: [] for name in layer.cell.carried}
            deltas = []
            with self.network.backend.computing():
                part = trajectory.between(first, stop)
                slopes = layer.slopes(self._rounded(part.before), self._rounded(part.kept))
                for t in reversed(range(first, stop)):
                    if (cotangent := arriving[t]) is not None:
                        d = {**d, "h": d["h"] + cotangent}
                    row = {name: s[t - first] for name, s in slopes.items()}
                    d = layer.total(row, d)
                    deltas.append(layer.delta(row, d))
                    for name, total in d.items():
                        totals[name].append(total)
                    d = layer.back(row, d, deltas[-1])
            yield first, {name: np.stack(each[::-1]) for name, each in totals.items()}, deltas[::-1]

    def _rounded(self, arrays: Arrays) -> dict[str, np.ndarray]:
        return {name: self.kind.again(a) for name, a in arrays.items()}

    def _record_norms(
        self, totals: Mapping[str, np.ndarray], steps: slice, norms: Mapping[str, np.ndarray], zeros: np.ndarray
    ) -> None:
        plain = {name: np.asarray(d, dtype=float)[:, 0] for name, d in totals.items()}
        for name, d in plain.items():
            norms[name][steps] = log10_norm(d) - self.loss_scale * LOG10_2
        zeros[steps] = np.mean([(d == 0).mean(axis=(1, 2)) for d in plain.values()], axis=0)


def _failing_steps(norms: np.ndarray, exact: np.ndarray) -> tuple[int | None, int | None, int | None]:
    """Going back: the first step that is not finite, the first from which all are zero and the exact ones are not, and
    the first off the exact norm."""
    lost, silent = np.isnan(norms), np.logical_and.accumulate(np.isneginf(norms))
    zero = silent & (silent & ~np.isneginf(exact)).any()
    with np.errstate(invalid="ignore"):
        near = (np.abs(norms - exact) <= LOG10_2) | (norms == exact)
    return _last_step(lost), _last_step(zero), _last_step(~near)


def _last_step(where: np.ndarray) -> int | None:
    """The marked step nearest to the end, 1-based; None without one."""
    steps = np.flatnonzero(where)
    return int(steps[-1]) + 1 if len(steps) else None
