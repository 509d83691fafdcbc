"""Precision: the same run in float64, float32, bfloat16 and float16, and where each of them loses the gradient.

Weights, inputs and the first state are rounded, and then every operation of the cells and of the readout is, forward
and backward (`explorer.base.rounding`). Going back nothing is rescaled: this is what plain code sees, whose small
entries become exact zeros and whose large ones ±∞. The loss is that of mixed-precision training (Micikevicius et al.
2018, "Mixed precision training"): not rounded itself, its gradient at the outputs is taken from the exact run,
multiplied by the loss scale, and rounded; the scale is divided out again where norms are shown.

What agrees with torch in these formats: every cast, bit for bit, and single operations but for the last bit of an
exponential. What does not: a step's local slopes are multiplied with each other before the cotangent comes, where
autograd goes factor by factor; a matrix product's sum has another order; and torch on a GPU may fuse operations and
round less often. So norms agree but for rounding down to a decade above the least number; in that last decade, where
single entries are one or two times that number, an LSTM's may end some steps earlier or later than torch's.

An underflow need not end in zeros: the least number times 0.6 rounds to itself, so behind a gate that keeps more than
half the gradient stands still at that number, and is wrong by ever more.
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

LARGEST_SCALE = 24  # exponent; training starts at 16 (torch.amp.GradScaler)
STRETCH = 64  # steps whose slopes are worked out together


@dataclass(frozen=True, eq=False)
class RunInFormat:
    """What one format makes of the gradient at the states of one layer; steps are 1-based.

    Attributes:
        log10_norm: state name → (T,): log10 ‖∂L/∂state‖ with the loss scale divided out; −inf where every entry is
            exactly zero, NaN where one is not finite.
        zero_share: (T,) share of the entries, over all states, sequences and units, that are exactly zero.
        overflow_step: the first step whose states or outputs are not finite, or None; there is no gradient then.
        lost_step: going back, the first step whose gradient at h is not finite although all states are, or None.
        silent_step: going back, the first step at which every entry of it is exactly zero and those of the exact run
            are not, or None.
        off_step: going back, the first step at which its norm is not within a factor of 2 of the exact one, or None.
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
        formats: name → what it makes of the run, the widest first.
    """

    code: str
    loss_scale: int
    exact: Mapping[str, np.ndarray]
    formats: Mapping[str, RunInFormat]


@long_function
def precision(
    trace: Trace, loss_scale: int = 0, formats: Sequence[str] = tuple(FORMATS), layer: int = -1
) -> Work[Precision]:
    """The run again in each of `formats`, seen at one layer.

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
        one = _run_in(trace, FORMATS[name], loss_scale, layer % trace.experiment.num_layers, exact)
        runs[name] = yield from part_of(one, number / len(formats), (number + 1) / len(formats))
    return Precision("whole", loss_scale, exact, runs)


def _run_in(
    trace: Trace, kind: Format, loss_scale: int, layer: int, exact: Mapping[str, np.ndarray]
) -> Work[RunInFormat]:
    run = _Run(trace, kind, loss_scale)
    yield from run.forward()
    return (yield from run.at(layer, exact))


class _Run:
    """One format's forward pass, from which its gradients are walked back."""

    def __init__(self, trace: Trace, kind: Format, loss_scale: int) -> None:
        e = trace.experiment
        self.trace, self.kind, self.loss_scale = trace, kind, loss_scale
        backend = open_backend("numpy", dtype=kind.dtype.name)
        weights = {name: kind.take(w)[None] for name, w in trace.weights.items()}
        self.readout = (weights["weight_out"], weights["bias_out"]) if "weight_out" in weights else None
        self.network = Network.of(e, weights, backend).with_weights(kind.again)
        self.walked: list[Trajectory] = []
        self.overflow: int | None = None

    def forward(self) -> Work[None]:
        """All layers; the first half of the way."""
        x, computing = self.kind.take(self.trace.inputs[:, None]), self.network.backend.computing
        for n, layer in enumerate(self.network.layers):
            with computing():
                initial = {name: self.kind.take(s[n, 0][None]) for name, s in self.trace.states.items()}
                self.walked.append(walk_forward(layer, x, initial))
            x = self.kind.again(self.walked[-1].states["h"][1:])
            yield (n + 1) / (2 * len(self.network.layers))
        with computing():
            if self.readout is not None:
                x = x @ transposed(self.readout[0]) + self.readout[1][:, None, :]
            self.overflow = int(ForwardPass(self.network.backend, self.walked, x).overflow[0]) or None

    def at(self, layer: int, exact: Mapping[str, np.ndarray]) -> Work[RunInFormat]:
        """The gradients at the states of `layer`, walked back through those above it."""
        T = self.trace.experiment.seq_len
        norms = {name: np.full(T, np.nan) for name in self.network.cell.carried}
        zeros = np.full(T, np.nan)
        if self.overflow is not None:
            return RunInFormat(norms, zeros, self.overflow, None, None, T)
        computing = self.network.backend.computing
        with computing():
            arriving = self._from_the_loss()
        for n in reversed(range(layer, len(self.walked))):
            below: list[np.ndarray | None] = [None] * T
            for first, totals, deltas in self._walk_back(n, arriving):
                here = slice(first, first + len(deltas))
                with computing():
                    if n == layer:
                        self._note(totals, here, norms, zeros)
                    else:
                        below[here] = [self.network.layers[n].down(d) for d in deltas]
                yield 1 - first / (2 * T)
            arriving = below
        return RunInFormat(norms, zeros, None, *_where_it_ends(norms["h"], exact["h"]))

    def _from_the_loss(self) -> list[np.ndarray | None]:
        """What the loss at each step sends into h of the top layer, scaled."""
        cotangents = self.trace.output_grads[:, None].astype(float) * 2.0**self.loss_scale
        sent = self.kind.take(cotangents)
        sent = sent if self.readout is None else sent @ self.readout[0]
        return [*[None] * (self.trace.experiment.seq_len - len(sent)), *sent]

    def _walk_back(
        self, n: int, arriving: Sequence[np.ndarray | None]
    ) -> Iterator[tuple[int, dict[str, np.ndarray], list[np.ndarray]]]:
        """Stretches of steps, the last first: their first step (0-based), the total derivatives, and the deltas."""
        layer, walked = self.network.layers[n], self.walked[n]
        d: Arrays = {name: self.kind.take(np.zeros(walked.states[name].shape[1:])) for name in layer.cell.carried}
        for first, stop in backwards(len(arriving), STRETCH):
            totals: dict[str, list[np.ndarray]] = {name: [] for name in layer.cell.carried}
            deltas = []
            with self.network.backend.computing():
                part = walked.between(first, stop)
                slopes = layer.slopes(self._again(part.before), self._again(part.kept))
                for t in reversed(range(first, stop)):
                    if (sent := arriving[t]) is not None:
                        d = {**d, "h": d["h"] + sent}
                    row = {name: s[t - first] for name, s in slopes.items()}
                    d = layer.total(row, d)
                    deltas.append(layer.delta(row, d))
                    for name, total in d.items():
                        totals[name].append(total)
                    d = layer.back(row, d, deltas[-1])
            yield first, {name: np.stack(each[::-1]) for name, each in totals.items()}, deltas[::-1]

    def _again(self, arrays: Arrays) -> dict[str, np.ndarray]:
        return {name: self.kind.again(a) for name, a in arrays.items()}

    def _note(
        self, totals: Mapping[str, np.ndarray], here: slice, norms: Mapping[str, np.ndarray], zeros: np.ndarray
    ) -> None:
        plain = {name: np.asarray(d, dtype=float)[:, 0] for name, d in totals.items()}
        for name, d in plain.items():
            norms[name][here] = log10_norm(d) - self.loss_scale * LOG10_2
        zeros[here] = np.mean([(d == 0).mean(axis=(1, 2)) for d in plain.values()], axis=0)


def _where_it_ends(norms: np.ndarray, exact: np.ndarray) -> tuple[int | None, int | None, int | None]:
    """Going back: the first step that is not finite, the first that is zero, the first that is not the exact one's."""
    lost, zero = np.isnan(norms), np.isneginf(norms) & ~np.isneginf(exact)
    with np.errstate(invalid="ignore"):
        near = (np.abs(norms - exact) <= LOG10_2) | (norms == exact)
    return _last(lost), _last(zero), _last(~near)


def _last(where: np.ndarray) -> int | None:
    """The step nearest to the end, 1-based."""
    steps = np.flatnonzero(where)
    return int(steps[-1]) + 1 if len(steps) else None
