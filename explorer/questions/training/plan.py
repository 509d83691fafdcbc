"""The training plan: the parameters of a training that are not in the experiment."""

from __future__ import annotations

from typing import Annotated

from explorer.engine.parameters import Listed, Settings, parameter
from explorer.model.optimisers import OPTIMISERS, OptimiserName


class TrainingPlan(Settings):
    """The optimiser and how long it runs. Clipping, task and seed are the experiment's own.

    The constructor raises `ExplorerError`, with all broken rules in `.errors`; `replace` makes changed copies.

    Attributes:
        optimiser: ``sgd``, ``momentum``, ``rmsprop`` or ``adam``; see `explorer.model.optimisers`.
        learning_rate: η.
        steps: iterations; each reads a fresh batch.
        momentum: μ, used by ``momentum`` only.
        evaluate_every: iterations between two evaluations on held-out sequences.
    """

    noun = "a training plan"

    optimiser: Annotated[OptimiserName, Listed(OPTIMISERS)] = parameter("adam")
    learning_rate: float = parameter(
        1e-3, 1e-9, 100.0, stops=(1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
    )
    steps: int = parameter(1000, 1, 100_000, stops=(100, 200, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000))
    momentum: float = parameter(0.9, 0.0, 0.9999, stops=(0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999))
    evaluate_every: int = parameter(100, 1, 100_000, stops=(10, 20, 50, 100, 200, 500, 1000))

    @property
    def without_effect(self) -> frozenset[str]:
        """The parameters without effect under the current values of the others."""
        return frozenset() if self.optimiser == "momentum" else frozenset({"momentum"})
