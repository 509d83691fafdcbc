"""The training itself: K lanes through one pass an iteration, each with its own batch, clipping and end."""

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

SPECTRUM_EVERY = 20  # iterations from one spectral radius to the next: eigenvalues cost as much as a whole iteration


@dataclass(frozen=True, eq=False)
class _Pass:
    """What one batch gave, on the host.

    Attributes:
        loss: (K,). step_loss: (T, K). overflow: (K,) the first step that is not finite, or 0.
        norms: (K, T+1) log10 ‖∂L/∂h_t‖ of the top layer.
        saturation: (K,), or None where it was not asked for.
    """

    loss: np.ndarray
    step_loss: np.ndarray
    overflow: np.ndarray
    norms: np.ndarray
    saturation: np.ndarray | None


class Training(Iterator[Step]):
    """Yields one `Step` an iteration, until the plan's last or until no lane is left.

    Attributes:
        experiments: of the K lanes. plan: how they are trained.
        layout: where each parameter lies among the P of a lane.
        iteration: how many are done.
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
        """With each experiment's own first weights, or with `weights` in every lane.

        Raises:
            ExplorerError: `weights` do not fit.
        """
        lanes = [gather(e, weights).weights for e in experiments]
        layout = Layout({name: w.shape for name, w in lanes[0].items()})
        K, dtype = len(experiments), experiments[0].dtype
        flat = np.stack([np.concatenate([w.ravel() for w in lane.values()]) for lane in lanes]).astype(dtype)
        slots = np.zeros((OPTIMISERS[plan.optimiser].slots, *flat.shape), dtype)
        return cls(experiments, plan, layout, Checkpoint(0, flat, slots, np.full(K, np.nan), (None,) * K))

    @property
    def running(self) -> np.ndarray:
        """(K,) whether a lane still trains."""
        return np.array([ending is None for ending in self._endings])

    def checkpoint(self) -> Checkpoint:
        """All that the next iterations depend on."""
        return Checkpoint(self.iteration, self._weights.copy(), self._slots.copy(), self._radius, tuple(self._endings))

    def __next__(self) -> Step:
        running = self.running
        if self.iteration >= self.plan.steps or not running.any():
            raise StopIteration
        if self.iteration % SPECTRUM_EVERY == 0:
            self._radius = spectral_radii(self._cell, self._top_layer(), running)
        found = self._pass(running, measured=True)
        clips, update_size = self._update(running, found)
        assert found.saturation is not None
        self.iteration += 1

        def shown(values: np.ndarray) -> np.ndarray:
            values = np.array(values, dtype=np.float64)
            values[~running] = np.nan
            return values

        return Step(
            self.iteration,
            shown(found.loss),
            shown(clips.norm_before),
            shown(clips.norm_after),
            shown(clips.factor),
            shown(clips.cosine),
            shown(found.norms),
            shown(self._radius),
            shown(np.where(found.overflow > 0, np.nan, found.saturation)),
            shown(update_size),
            ~self.running,
            tuple(self._endings),
            self._evaluated() if self.iteration % self.plan.evaluate_every == 0 else None,
        )

    def skip_to(self, iteration: int) -> None:
        """Train on until `iteration` are done, measuring nothing that the weights do not depend on."""
        while self.iteration < iteration and (running := self.running).any():
            self._update(running, self._pass(running, measured=False))
            self.iteration += 1

    def _pass(self, running: np.ndarray, measured: bool) -> _Pass:
        """The next batch, forward and back; the gradient goes into `_gradient`."""
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
            share = saturation(network, forth) if measured else None
            top = back.adjoints[-1]
            norms = _norms(backend.to_numpy(top.mantissas["h"]), top, forth.overflow)
        loss = np.array([losses.step_loss[:, k].sum() for k in range(len(running))])
        return _Pass(loss, losses.step_loss, forth.overflow, norms, share)

    def _forward(self, x: np.ndarray) -> tuple[Network, ForwardPass]:
        """The present weights, on inputs (T, K, B, I)."""
        network = Network.of(self.experiments[0], self.layout.views(self._weights), self._backend)
        rest = network.at_rest(len(self.experiments), x.shape[2], self.experiments[0].hidden_size)
        return network, network.forward(self._backend.asarray(x), rest)

    def _update(self, running: np.ndarray, found: _Pass) -> tuple[Any, np.ndarray]:
        """Clips, notes which lanes end here, and changes the weights of those that do not."""
        with np.errstate(all="ignore"):
            clips = clip_lanes(self.layout.views(self._gradient), self._gradient, self._modes, self._thresholds)
            for k in np.flatnonzero(running & ~(np.isfinite(found.loss) & np.isfinite(clips.norm_before))):
                self._endings[k] = _ending(self.iteration + 1, found, int(k), np.finfo(self._gradient.dtype))
            over = ~self.running
            self._gradient[over] = 0.0
            change = OPTIMISERS[self.plan.optimiser].change
            delta = change(self._gradient, self._slots, self.iteration + 1, self.plan.learning_rate, self.plan.momentum)
            size = lane_norms({"": delta}) / lane_norms({"": self._weights})
            self._weights += delta
        if over.any():  # a lane of zeros computes nothing that could disturb the others
            self._weights[over], self._slots[:, over], size[over] = 0.0, 0.0, np.nan
        return clips, size

    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (T, K, B, I) and targets (n, K, B, …); lanes of one seed share what was drawn."""
        drawn = {e.seed: e for e in self.experiments}
        batches = {seed: read_batch(e, self.iteration + 1) for seed, e in drawn.items()}
        of_lanes = [batches[e.seed] for e in self.experiments]
        return side_by_side([x for x, _ in of_lanes]), side_by_side([y for _, y in of_lanes])

    def _top_layer(self) -> dict[str, np.ndarray]:
        end = f"_l{self.experiments[0].num_layers - 1}"
        views = self.layout.views(self._weights)
        return {name.removesuffix(end): w for name, w in views.items() if name.endswith(end)}

    def _evaluated(self) -> np.ndarray:
        """(K,) the loss on held-out sequences; NaN for lanes that have ended."""
        drawn = {lane.seed: held_out(lane) for lane in self.experiments}
        x, targets = (side_by_side([drawn[lane.seed][part] for lane in self.experiments]) for part in (0, 1))
        with self._backend.computing():
            loss = self._forward(x)[1].losses(targets).step_loss.sum(axis=0)
        loss[~self.running] = np.nan
        return loss


def _norms(mantissas: np.ndarray, adjoints: Adjoints, overflow: np.ndarray) -> np.ndarray:
    norms = log10_norm(mantissas, adjoints.exponent).T
    norms[overflow > 0] = np.nan
    return norms


def _ending(iteration: int, found: _Pass, k: int, floats: np.finfo) -> Ending:
    """Why lane `k` ends here: the first thing that was not finite."""
    if found.overflow[k]:
        return Ending(iteration, int(found.overflow[k]), "forward")
    if not np.isfinite(found.loss[k]):
        beyond = np.flatnonzero(~np.isfinite(found.step_loss[:, k]))
        return Ending(iteration, int(beyond[0]) + 1 if len(beyond) else len(found.step_loss), "loss")
    norms = found.norms[k, 1:]
    beyond = np.flatnonzero(norms >= floats.maxexp * LOG10_2)
    return Ending(iteration, int(beyond[-1] if len(beyond) else np.nanargmax(norms)) + 1, "gradient")


def train(
    experiments: Experiment | Iterable[Experiment],
    plan: TrainingPlan | None = None,
    *,
    weights: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Training:
    """Train one experiment, or many as lanes of one pass; yields one `Step` an iteration.

    Batch i is drawn from a stream of its own under the experiment's seed, so lanes of one seed start from the same
    weights and read the same batches. A lane whose loss or gradient is not finite ends there; the others train on.

    Args:
        experiments: alike in all but their weights' start, clipping and seed (`explorer.questions.training.lanes.OWN`).
        plan: how; `TrainingPlan()` where absent.
        weights: to start from, in every lane, in torch's names and layouts; each experiment's own where absent.
        changes: of the plan: ``optimiser``, ``learning_rate``, ``steps``, ``momentum``, ``evaluate_every``.

    Raises:
        ExplorerError: a value breaks a rule, the experiments do not fit side by side, or `weights` do not fit them.
    """
    return Training.from_the_start(as_lanes(experiments), (plan or TrainingPlan()).replace(**changes), weights)
