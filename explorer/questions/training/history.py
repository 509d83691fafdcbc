"""The record of a training: all numbers of each iteration, and any of its networks, recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from os import PathLike
from typing import Self

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.run import run_lanes
from explorer.engine.run_inputs import Supply, gather
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.model.optimisers import OPTIMISERS
from explorer.questions.training.files import reading, write
from explorer.questions.training.lanes import Layout, as_lanes, baseline, read_batch
from explorer.questions.training.loop import Training
from explorer.questions.training.plan import TrainingPlan
from explorer.questions.training.record import CAUSES, Checkpoint, Ending


@dataclass(frozen=True, eq=False)
class History:
    """The record of n iterations of K lanes. Arrays are read-only NumPy; `Step` describes their contents.

    Memory per iteration: 4 (T+1) K bytes for the norms of the steps, and 8 K further numbers. Checkpoints are spread
    evenly and thinned out, so that they stay below 128 MiB, but never to fewer than two.

    Attributes:
        experiments: those of the lanes. plan: the training plan.
        layout: where each parameter lies among a lane's P numbers.
        loss, norm_before, norm_after, factor, cosine, spectral_radius, saturation, update_size: (n, K).
        log10_state_grad_norm: (n, K, T+1) float32.
        endings: the ending of each lane, or None while it runs.
        eval_at: (m,) iterations after which the lanes were evaluated. eval_loss: (m, K) on held-out sequences.
        checkpoint_at: (c,) iterations, rising; the last is n, so that training can continue.
        checkpoint_weights: (c, K, P). checkpoint_slots: (c, S, K, P).
    """

    experiments: tuple[Experiment, ...]
    plan: TrainingPlan
    layout: Layout
    loss: np.ndarray
    norm_before: np.ndarray
    norm_after: np.ndarray
    factor: np.ndarray
    cosine: np.ndarray
    log10_state_grad_norm: np.ndarray
    spectral_radius: np.ndarray
    saturation: np.ndarray
    update_size: np.ndarray
    endings: tuple[Ending | None, ...]
    eval_at: np.ndarray
    eval_loss: np.ndarray
    checkpoint_at: np.ndarray
    checkpoint_weights: np.ndarray
    checkpoint_slots: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, field.name, view)

    @property
    def iterations(self) -> int:
        """n, the number of recorded iterations."""
        return len(self.loss)

    @property
    def iteration(self) -> np.ndarray:
        """(n,) the numbers from 1 to n."""
        return np.arange(1, self.iterations + 1)

    @property
    def baseline(self) -> np.ndarray:
        """(K,) the loss of the best prediction without memory; NaN where it is not known."""
        return np.array([baseline(e) for e in self.experiments])

    @property
    def loss_steps(self) -> int:
        """The number of steps of a sequence that the loss sums over."""
        return self.experiments[0].seq_len if self.experiments[0].loss_at == "every" else 1

    def weights_at(self, iteration: int, lane: int = 0) -> dict[str, np.ndarray]:
        """The weights before the update of `iteration`, in torch's names and shapes; n + 1 gives the final ones.

        They are recomputed bit for bit, by training again from the nearest checkpoint. A lane that has ended gives the
        weights of its last iteration.

        Raises:
            ExplorerError: there is no such iteration or lane.
        """
        training = self._training_before(iteration, lane)
        flat = training.checkpoint().weights
        return {name: w[lane].copy() for name, w in self.layout.views(flat).items()}

    def trace_at(self, iteration: int, lane: int = 0) -> Trace:
        """The trace of that network on the iteration's own batch; its gradient norm is the recorded one bit for bit.

        Raises:
            ExplorerError: there is no such iteration or lane.
        """
        training = self._training_before(iteration, lane)
        views = self.layout.views(training.checkpoint().weights)
        current = training.iteration + 1
        supplies = [
            self._supply(e, current, {name: w[k].astype(np.float64) for name, w in views.items()})
            for k, e in enumerate(self.experiments)
        ]
        return run_lanes(self.experiments, supplies)[lane]

    def _supply(self, e: Experiment, iteration: int, weights: Mapping[str, np.ndarray]) -> Supply:
        inputs, targets = read_batch(e, iteration)
        rest = np.zeros((e.num_layers, e.batch_size, e.hidden_size))
        initial = dict.fromkeys(CELLS[e.cell].kind.states, rest)
        outputs = len(weights["weight_out"]) if "weight_out" in weights else e.hidden_size
        return Supply(weights, inputs, initial, targets, None, outputs, ("weights", "inputs", "targets"))

    def checkpoint(self, index: int = -1) -> Checkpoint:
        """The stored checkpoint `index`, by default the last."""
        at = int(self.checkpoint_at[index])
        K = len(self.experiments)
        radius = self.spectral_radius[at - 1] if at else np.full(K, np.nan)
        endings = tuple(ending if ending and ending.iteration <= at else None for ending in self.endings)
        return Checkpoint(at, self.checkpoint_weights[index], self.checkpoint_slots[index], radius, endings)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the history to one npz file without pickle. An older file at `path` is replaced as a whole, or stays.

        Raises:
            OSError: the file cannot be written.
        """
        header = {
            "experiments": [e.model_dump() for e in self.experiments],
            "plan": self.plan.model_dump(),
            "shapes": {name: list(shape) for name, shape in self.layout.shapes.items()},
            "endings": [ending and asdict(ending) for ending in self.endings],
        }
        write(path, header, {name: getattr(self, name) for name in ARRAYS})

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read what `save` wrote.

        Raises:
            ExplorerError: the file is not a history, or not of this format.
        """
        with reading(path) as (header, file):
            experiments = tuple(Experiment.of(values) for values in header["experiments"])
            shapes = {str(name): tuple(map(int, shape)) for name, shape in header["shapes"].items()}
            endings = tuple(ending and Ending(**ending) for ending in header["endings"])
            arrays = {name: file[name] for name in ARRAYS}
            history = cls(experiments, TrainingPlan.of(header["plan"]), Layout(shapes), endings=endings, **arrays)
            history._check()
            return history

    def _check(self) -> None:
        """Raise ValueError where the arrays do not belong together, ExplorerError where the weights do not fit."""
        as_lanes(self.experiments)
        n, K, T, c = len(self.loss), len(self.experiments), self.experiments[0].seq_len, len(self.checkpoint_at)
        P, S = self.layout.size, OPTIMISERS[self.plan.optimiser].slots
        per_lane = dict.fromkeys(NUMBERS, (n, K))
        shapes: dict[str, tuple[int, ...]] = {
            **per_lane,
            "log10_state_grad_norm": (n, K, T + 1),
            "eval_at": (len(self.eval_at),),
            "eval_loss": (len(self.eval_at), K),
            "checkpoint_at": (c,),
            "checkpoint_weights": (c, K, P),
            "checkpoint_slots": (c, S, K, P),
        }
        fits = all(getattr(self, name).shape == shape for name, shape in shapes.items())
        numbers = all(getattr(self, name).dtype.kind == ("i" if name.endswith("_at") else "f") for name in shapes)
        if not (fits and numbers and len(self.endings) == K and c and self.checkpoint_at[-1] == n):
            raise ValueError("arrays that do not belong together")
        if self.checkpoint_weights.dtype != self.experiments[0].dtype or self.checkpoint_at[0] != 0:
            raise ValueError("checkpoints that do not belong to the experiment")
        rising = all((np.diff(at) > 0).all() for at in (self.checkpoint_at, self.eval_at))
        if not (rising and self.plan.steps >= n and all(1 <= at <= n for at in self.eval_at)):
            raise ValueError("iterations that do not belong to the plan")
        for ending in filter(None, self.endings):
            if ending.cause not in CAUSES or not (1 <= ending.iteration <= n and 1 <= ending.step <= T):
                raise ValueError("an ending that does not belong to the record")
        first = self.layout.views(self.checkpoint_weights[0])
        for k, e in enumerate(self.experiments):
            gather(e, {name: w[k] for name, w in first.items()})

    def _training_before(self, iteration: int, lane: int) -> Training:
        """The training in its state before `iteration`, or before the lane's last iteration."""
        if lane not in range(len(self.experiments)):
            raise ExplorerError("lane", f"must be between 0 and {len(self.experiments) - 1}", lane)
        if iteration not in range(1, self.iterations + 2):
            raise ExplorerError("iteration", f"must be between 1 and {self.iterations + 1}", iteration)
        ending = self.endings[lane]
        iterations_done = (min(iteration, ending.iteration) if ending else iteration) - 1
        nearest = int(np.searchsorted(self.checkpoint_at, iterations_done, side="right")) - 1
        training = Training(self.experiments, self.plan, self.layout, self.checkpoint(nearest))
        training.skip_to(iterations_done)
        return training


NUMBERS = (*("loss", "norm_before", "norm_after", "factor", "cosine", "spectral_radius", "saturation", "update_size"),)
"""The fields with one number for each iteration and lane."""

ARRAYS = tuple(field.name for field in fields(History) if field.type == "np.ndarray")
