"""The training loop: K lanes share one pass per iteration, each with its own batch, clipping and end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from explorer.base.backend import open_backend
from explorer.base.scaling import LOG10_2, log10_norm
from explorer.engine.experiment import Experiment
from explorer.engine.network import ForwardPass, Network
from explorer.engine.run_inputs import gather
from explorer.engine.trajectory import Adjoints
from explorer.model.clipping import clip_lanes, lane_norms
from explorer.model.optimisers import OPTIMISERS
from explorer.questions.training.lanes import Layout, as_lanes, held_out, read_batch, side_by_side
from explorer.questions.training.measures import saturation, spectral_radii
from explorer.questions.training.plan import TrainingPlan
from explorer.questions.training.record import Checkpoint, Ending, Step

SPECTRUM_EVERY = 20  # iterations between two spectral radii: eigenvalues cost as much as a whole iteration


@dataclass(frozen=True, eq=False)
class _Pass:
    """The results of one batch, on the host.

    Attributes:
        loss: (K,). step_loss: (T, K). overflow: (K,) the first step that is not finite, or 0.
        norms: (K, T+1) log10 ‖∂L/∂h_t‖ of the top layer.
        saturation: (K,), or None where it was not measured.
    """

    loss: np.ndarray
    step_loss: np.ndarray
    overflow: np.ndarray
    norms: np.ndarray
    saturation: np.ndarray | None


class Training(Iterator[Step]):
    """Yields one `Step` per iteration, until the plan's last iteration or until all lanes have ended.

    Attributes:
        experiments: those of the K lanes. plan: the training plan.
        layout: where each parameter lies among a lane's P numbers.
        iteration: number of iterations done.
    """

    def __init__(
        self, experiments: tuple[Experiment, ...], plan: TrainingPlan, layout: Layout, start: Checkpoint
    ) -> None:
        self.experiments, self.plan, self.layout, self.iteration = experiments, plan, layout, start.iteration
        e = experiments[0]
        self._backend = open_backend(e.backend, e.device, e.dtype)
        self._cell = e.new_cell()
        self._weights, self._slots = start.weights.copy(), start.slots.copy()
        self._radius, self._endings = start.spectral_radius, list(start.endings)
        self._gradient = np.zeros_like(self._weights)
        self._modes = [lane.clip for lane in experiments]
        self._thresholds = np.array([lane.clip_threshold for lane in experiments])

    @classmethod
    def from_the_start(
        cls, experiments: tuple[Experiment, ...], plan: TrainingPlan, weights: Mapping[str, Any] | None = None
    ) -> Self:
        """A training at iteration 0, with each experiment's own initial weights or with `weights` in every lane.

        Raises:
            ExplorerError: `weights` do not fit the experiments.
        """
        lanes = [gather(e, weights).weights for e in experiments]
        layout = Layout({name: w.shape for name, w in lanes[0].items()})
        K, dtype = len(experiments), experiments[0].dtype
        flat = np.stack([np.concatenate([w.ravel() for w in lane.values()]) for lane in lanes]).astype(dtype)
        slots = np.zeros((OPTIMISERS[plan.optimiser].slots, *flat.shape), dtype)
        return cls(experiments, plan, layout, Checkpoint(0, flat, slots, np.full(K, np.nan), (None,) * K))

    @property
    def running(self) -> np.ndarray:
        """(K,) whether each lane still trains."""
        return np.array([ending is None for ending in self._endings])

    def checkpoint(self) -> Checkpoint:
        """A copy of the state on which the next iterations depend."""
        return Checkpoint(self.iteration, self._weights.copy(), self._slots.copy(), self._radius, tuple(self._endings))

    def __next__(self) -> Step:
        running = self.running
        if self.iteration >= self.plan.steps or not running.any():
            raise StopIteration
        if self.iteration % SPECTRUM_EVERY == 0:
            self._radius = spectral_radii(self._cell, self._top_layer(), running)
        result = self._pass(running, measured=True)
        clips, update_size = self._update(running, result)
        assert result.saturation is not None
        self.iteration += 1

        def masked(values: np.ndarray) -> np.ndarray:
            values = np.array(values, dtype=np.float64)
            values[~running] = np.nan
            return values

        return Step(
            self.iteration,
            masked(result.loss),
            masked(clips.norm_before),
            masked(clips.norm_after),
            masked(clips.factor),
            masked(clips.cosine),
            masked(result.norms),
            masked(self._radius),
            masked(np.where(result.overflow > 0, np.nan, result.saturation)),
            masked(update_size),
            ~self.running,
            tuple(self._endings),
            self._held_out_loss() if self.iteration % self.plan.evaluate_every == 0 else None,
        )

    def skip_to(self, iteration: int) -> None:
        """Train until `iteration` iterations are done, without measurements that do not affect the weights."""
        while self.iteration < iteration and (running := self.running).any():
            self._update(running, self._pass(running, measured=False))
            self.iteration += 1

    def _pass(self, running: np.ndarray, measured: bool) -> _Pass:
        """Run the next batch forward and backward, and write the gradient into `_gradient`."""
        backend = self._backend
        x, targets = self._batch()
        with backend.computing():
            network, forth = self._forward(x)
            losses = forth.losses(targets)
            back = network.backward(forth, losses, running & forth.alive, step_norms=False)
            views = self.layout.views(self._gradient)
            for name, total in back.gradients.totals().items():
                views[name][:] = total
            self._gradient[~forth.alive] = np.nan
            saturated_share = saturation(network, forth) if measured else None
            top = back.adjoints[-1]
            norms = _norms(backend.to_numpy(top.mantissas["h"]), top, forth.overflow)
        loss = np.array([losses.step_loss[:, k].sum() for k in range(len(running))])
        return _Pass(loss, losses.step_loss, forth.overflow, norms, saturated_share)

    def _forward(self, x: np.ndarray) -> tuple[Network, ForwardPass]:
        """Run the current weights on inputs (T, K, B, I)."""
        network = Network.of(self.experiments[0], self.layout.views(self._weights), self._backend)
        rest = network.at_rest(len(self.experiments), x.shape[2], self.experiments[0].hidden_size)
        return network, network.forward(self._backend.asarray(x), rest)

    def _update(self, running: np.ndarray, result: _Pass) -> tuple[Any, np.ndarray]:
        """Clip the gradient, note the lanes that end here, and update the weights of the others."""
        with np.errstate(all="ignore"):
            clips = clip_lanes(self.layout.views(self._gradient), self._gradient, self._modes, self._thresholds)
            for k in np.flatnonzero(running & ~(np.isfinite(result.loss) & np.isfinite(clips.norm_before))):
                self._endings[k] = _ending(self.iteration + 1, result, int(k), np.finfo(self._gradient.dtype))
            ended = ~self.running
            self._gradient[ended] = 0.0
            change = OPTIMISERS[self.plan.optimiser].change
            delta = change(self._gradient, self._slots, self.iteration + 1, self.plan.learning_rate, self.plan.momentum)
            size = lane_norms({"": delta}) / lane_norms({"": self._weights})
            self._weights += delta
        if ended.any():  # a lane of zeros cannot disturb the others
            self._weights[ended], self._slots[:, ended], size[ended] = 0.0, 0.0, np.nan
        return clips, size

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (T, K, B, I) and targets (n, K, B, …); lanes with the same seed share one drawn batch."""
        experiments_by_seed = {e.seed: e for e in self.experiments}
        batches = {seed: read_batch(e, self.iteration + 1) for seed, e in experiments_by_seed.items()}
        lane_batches = [batches[e.seed] for e in self.experiments]
        return side_by_side([x for x, _ in lane_batches]), side_by_side([y for _, y in lane_batches])

    def _top_layer(self) -> dict[str, np.ndarray]:
        suffix = f"_l{self.experiments[0].num_layers - 1}"
        views = self.layout.views(self._weights)
        return {name.removesuffix(suffix): w for name, w in views.items() if name.endswith(suffix)}

    def _held_out_loss(self) -> np.ndarray:
        """(K,) the loss on held-out sequences; NaN for lanes that have ended."""
        batches = {lane.seed: held_out(lane) for lane in self.experiments}
        x, targets = (side_by_side([batches[lane.seed][part] for lane in self.experiments]) for part in (0, 1))
        with self._backend.computing():
            loss = self._forward(x)[1].losses(targets).step_loss.sum(axis=0)
        loss[~self.running] = np.nan
        return loss


def _norms(mantissas: np.ndarray, adjoints: Adjoints, overflow: np.ndarray) -> np.ndarray:
    norms = log10_norm(mantissas, adjoints.exponent).T
    norms[overflow > 0] = np.nan
    return norms


def _ending(iteration: int, result: _Pass, k: int, floats: np.finfo) -> Ending:
    """Why lane `k` ends here: the first of states, loss and gradient that was not finite."""
    if result.overflow[k]:
        return Ending(iteration, int(result.overflow[k]), "forward")
    if not np.isfinite(result.loss[k]):
        steps = np.flatnonzero(~np.isfinite(result.step_loss[:, k]))
        return Ending(iteration, int(steps[0]) + 1 if len(steps) else len(result.step_loss), "loss")
    norms = result.norms[k, 1:]
    steps = np.flatnonzero(norms >= floats.maxexp * LOG10_2)
    return Ending(iteration, int(steps[-1] if len(steps) else np.nanargmax(norms)) + 1, "gradient")


def train(
    experiments: Experiment | Iterable[Experiment],
    plan: TrainingPlan | None = None,
    *,
    weights: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Training:
    """Train one experiment, or many as lanes of one pass; returns an iterator over one `Step` per iteration.

    Batch i is drawn from a stream of its own under the experiment's seed, so lanes of one seed start from the same
    weights and read the same batches. A lane whose loss or gradient is not finite ends there; the others continue.

    Args:
        experiments: may differ in initialisation, clipping and seed alone (`explorer.questions.training.lanes.OWN`).
        plan: the training plan; `TrainingPlan()` where absent.
        weights: initial weights of every lane, in torch's names and layouts; each experiment's own where absent.
        changes: fields of the plan to replace: ``optimiser``, ``learning_rate``, ``steps``, ``momentum``,
            ``evaluate_every``.

    Raises:
        ExplorerError: a value breaks a rule, the experiments do not fit side by side, or `weights` do not fit them.
    """
    return Training.from_the_start(as_lanes(experiments), (plan or TrainingPlan()).replace(**changes), weights)
