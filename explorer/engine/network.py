"""A network: a backend, a cell and the weights of K lanes, with the forward and backward pass of all its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.base.backend import Array, Backend, open_backend
from explorer.engine.experiment import Experiment
from explorer.engine.layer import Layer
from explorer.engine.trace import Trace
from explorer.engine.trajectory import Adjoints, Injection, Trajectory
from explorer.engine.walk import walk_backward, walk_forward
from explorer.engine.weight_gradients import WeightGradients, fold, unfold
from explorer.model.cells.contract import Arrays, Cell, Gradient, Outer, Total, transposed
from explorer.model.losses import cross_entropy, squared_error
from explorer.model.tasks.contract import one_hot


@dataclass(frozen=True, eq=False)
class Losses:
    """The loss at every step, and its gradient.

    Attributes:
        step_loss: (T, K), 0 at steps without a loss.
        output_grads: (n, K, B, O) cotangents of the outputs at the steps from `first` (0-based) on.
    """

    step_loss: np.ndarray
    output_grads: Array
    first: int


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """The result of one forward pass.

    Attributes:
        layers: the trajectory of each layer, the lowest first.
        outputs: (T, K, B, O): the readout, or h of the top layer without one.
    """

    backend: Backend
    layers: Sequence[Trajectory]
    outputs: Array

    @cached_property
    def overflow(self) -> np.ndarray:
        """(K,) the first step (1-based) whose states or outputs are not finite; 0 where all are."""
        xp = self.backend.xp
        arrays = [s[1:] for layer in self.layers for s in layer.states.values()] + [self.outputs]
        if all(bool(xp.all(xp.isfinite(a))) for a in arrays):
            return np.zeros(self.outputs.shape[1], dtype=int)
        masks = [self.backend.to_numpy(xp.all(xp.isfinite(a), axis=(-2, -1))) for a in arrays]
        finite = np.logical_and.reduce(masks)
        return np.where(finite.all(axis=0), 0, np.argmin(finite, axis=0) + 1)

    @property
    def alive(self) -> np.ndarray:
        """(K,) whether each lane stayed finite."""
        return self.overflow == 0

    def losses(self, targets: np.ndarray) -> Losses:
        """Losses of the last n steps: squared error for floats (n, K, B, O), cross-entropy for classes (n, K, B)."""
        T, K, _, O = self.outputs.shape
        classes = targets.dtype.kind in "iu"
        loss = cross_entropy if classes else squared_error
        expected = self.backend.asarray(one_hot(targets, O) if classes else targets)
        step_loss, first = np.zeros((T, K)), T - len(targets)
        values, output_grads = loss(self.backend.xp, self.outputs[first:], expected)
        step_loss[first:] = self.backend.to_numpy(values)
        return Losses(step_loss, output_grads, first)


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """The result of one backward pass: every parameter's gradient, and each layer's adjoints, the lowest first."""

    gradients: WeightGradients
    adjoints: Sequence[Adjoints]


@dataclass(frozen=True, eq=False)
class Network:
    """Networks of one shape, side by side as lanes. Computations with it have to be inside ``backend.computing()``.

    Attributes:
        weights: torch's name → (K, …) on the backend's device; without ``weight_out`` the output is h of the top layer.
        layers: the lowest first.
    """

    backend: Backend
    cell: Cell
    weights: Arrays
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, experiment: Experiment, weights: Mapping[str, np.ndarray], backend: Backend | None = None) -> Network:
        """The network of an experiment.

        Args:
            weights: (K, …) on the host, torch's names and layouts.
            backend: the experiment's own where absent.

        Raises:
            ExplorerError: the backend or its device is not available.
        """
        backend = backend or open_backend(experiment.backend, experiment.device, experiment.dtype)
        return cls.with_cell(experiment.new_cell(), backend, weights, experiment.num_layers)

    @classmethod
    def of_trace(
        cls, trace: Trace, weights: Mapping[str, np.ndarray] | None = None, cell: Cell | None = None
    ) -> Network:
        """The network of a trace, as one lane in float64 on NumPy, whichever backend computed the trace.

        Args:
            weights, cell: in place of the trace's own.
        """
        lane = {name: np.asarray(w, float)[None] for name, w in (weights or trace.weights).items()}
        e = trace.experiment
        return cls.with_cell(cell or e.new_cell(), open_backend("numpy"), lane, e.num_layers)

    @classmethod
    def with_cell(cls, cell: Cell, backend: Backend, weights: Mapping[str, np.ndarray], num_layers: int) -> Network:
        """A network from its parts; `weights` (K, …) on the host."""
        on_device = {name: backend.asarray(w) for name, w in weights.items()}
        layers = tuple(Layer.of(backend, cell, on_device, number) for number in range(num_layers))
        return cls(backend, cell, on_device, layers)

    def with_weights(self, change: Callable[[Array], Array]) -> Network:
        """A copy in which `change` has replaced each array of weights, transposed ones too."""
        changed = [replace(q, parameters={n: change(w) for n, w in q.parameters.items()}) for q in self.layers]
        return replace(self, weights={name: change(w) for name, w in self.weights.items()}, layers=tuple(changed))

    def at_rest(self, lanes: int, sequences: int, hidden_size: int) -> list[Arrays]:
        """Initial states of zeros, for each layer by name (K, B, H)."""
        zeros = self.backend.asarray(np.zeros((lanes, sequences, hidden_size)))
        return [dict.fromkeys(self.cell.states, zeros)] * len(self.layers)

    def forward(self, x: Array, initial: Sequence[Arrays]) -> ForwardPass:
        """Run all steps of all layers from x (T, K, B, I) and each layer's initial states (K, B, H)."""
        trajectories = []
        for layer, start in zip(self.layers, initial, strict=True):
            trajectories.append(walk_forward(layer, x, start))
            x = trajectories[-1].states["h"][1:]
        return ForwardPass(self.backend, trajectories, self.read_out(x))

    def read_out(self, h: Array) -> Array:
        """h of the top layer (T, K, B, H) → outputs (T, K, B, O); h itself where there is no readout."""
        if "weight_out" not in self.weights:
            return h
        outputs = fold(self.backend.xp, h) @ transposed(self.weights["weight_out"])
        outputs = outputs + self.weights["bias_out"][:, None, :]
        return unfold(self.backend.xp, outputs, h.shape[0])

    def backward(
        self, forward_pass: ForwardPass, losses: Losses, alive: np.ndarray | None = None, step_norms: bool = True
    ) -> BackwardPass:
        """Every parameter's gradient, and every state's.

        Args:
            alive: (K,) whether a lane takes part in the range check; by default the lanes that stayed finite.
            step_norms: whether to compute the norm of each step's own part of a gradient too.
        """
        xp, (T, K) = self.backend.xp, losses.step_loss.shape
        gradients = WeightGradients(self.backend, T, K, step_norms)
        cotangent, first, exponent = losses.output_grads, losses.first, None
        if "weight_out" in self.weights:
            h = forward_pass.layers[-1].states["h"][1 + first :]
            readout: dict[str, Gradient] = {"weight_out": [Outer(cotangent, h)], "bias_out": [Total(cotangent)]}
            gradients.add(readout, first, np.zeros(K, dtype=int))
            cotangent = unfold(xp, fold(xp, cotangent) @ self.weights["weight_out"], len(cotangent))
        adjoints: list[Adjoints] = []
        alive = forward_pass.alive if alive is None else alive
        for number in reversed(range(len(self.layers))):
            injection = Injection.at_steps(self.backend, cotangent, first, T, exponent)
            layer, trajectory = self.layers[number], forward_pass.layers[number]
            d = walk_backward(layer, trajectory, injection, gradients, alive, wants_input=number > 0)
            adjoints.insert(0, d)
            cotangent, first, exponent = d.input, 0, d.exponent[1:]
        return BackwardPass(gradients, adjoints)
