"""A slice through the loss of a whole network: the plane p(x, y) = θ₀ + x u + y v in the space of its parameters.

The loss on it is the network's real loss, from the engine; the gradient by (x, y) is the real gradient ∇L projected on
the two directions, (⟨∇L, u⟩, ⟨∇L, v⟩). A descent along it stays in the plane. There are three planes:

* ``gain_bias``: x multiplies the drawn weights that the experiment's `gain` multiplies (recurrent matrices, peepholes),
  so x is the gain; y is added to every ``bias_ih``, and so to every pre-activation
* ``gradient_random``: through the network's own parameters; u is ∇L there and v a seeded random direction, both of
  length 1, at a right angle; after Goodfellow, Vinyals & Saxe 2015; Li et al. 2018, "Visualizing the loss landscape"
* ``two_weights``: through the network's own parameters; x and y are added to two single weights
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.base.backend import Backend, open_backend
from explorer.base.errors import ExplorerError
from explorer.base.streams import generator
from explorer.engine.experiment import Experiment, memory_budget, memory_estimate
from explorer.engine.network import ForwardPass, Losses, Network
from explorer.engine.run_inputs import Supply, gather
from explorer.questions.cliff.contract import Coordinate

Direction = Mapping[str, np.ndarray]
"""Parameter → its change per unit of the coordinate; parameters that do not change are left out."""

COORDINATES = {
    "gain_bias": (Coordinate("gain", 0.0, 3.0), Coordinate("shift", -2.0, 2.0)),
    "gradient_random": (Coordinate("gradient", -3.0, 3.0), Coordinate("random", -3.0, 3.0)),
    "two_weights": (Coordinate("weight", -3.0, 3.0), Coordinate("weight", -3.0, 3.0)),
}
WEIGHT = re.compile(r"([a-z]+(?:_[a-z0-9]+)*)\[(\d{1,6}(?:, ?\d{1,6})?)\]")
SPELLING = "weight_hh_l0[0, 1]"


@dataclass(frozen=True, eq=False)
class NetworkSlice:
    """A landscape, see `explorer.questions.cliff.contract`.

    Attributes:
        experiment: the experiment whose loss is shown.
        supply: weights, inputs, targets and states of each pass; the weights are θ₀.
        directions: u and v.
    """

    code: str
    coordinates: tuple[Coordinate, Coordinate]
    home: tuple[float, float]
    experiment: Experiment
    supply: Supply
    directions: tuple[Direction, Direction]

    @property
    def at_once(self) -> int:
        """Number of lanes of one pass: they must fit into the memory budget, and on a CPU into its cache."""
        e, backend = self.experiment, _backend(self.experiment)
        by_memory = memory_budget() // memory_estimate(e)
        return max(1, min(by_memory, backend.wide_step // (e.batch_size * e.hidden_size)))

    def losses(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) points → (n,) losses, by the forward pass alone."""
        with _backend(self.experiment).computing():
            return _forward(self.experiment, self.supply, self._weights(points))[2].step_loss.sum(axis=0)

    def gradients(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, 2) points → (n,) losses and (n, 2) projections of the real gradient on the directions."""
        losses, gradients = _losses_and_gradients(self.experiment, self.supply, self._weights(points))
        with np.errstate(all="ignore"):
            return losses, np.stack([_inner(gradients, d) for d in self.directions], axis=1)

    def _weights(self, points: np.ndarray) -> dict[str, np.ndarray]:
        """The weights θ₀ + x u + y v, a lane for each point."""
        weights = {name: np.repeat(w[None], len(points), axis=0) for name, w in self.supply.weights.items()}
        with np.errstate(all="ignore"):
            for shares, direction in zip(np.asarray(points).T, self.directions, strict=True):
                for name, d in direction.items():
                    weights[name] += shares.reshape(-1, *[1] * d.ndim) * d
        return weights


def gain_bias(experiment: Experiment) -> NetworkSlice:
    """The plane of the gain and a common shift of the biases.

    Raises:
        ExplorerError: the cell has nothing that the gain multiplies, or no biases.
    """
    if "gain" in experiment.without_effect:
        raise ExplorerError("plane", "needs recurrent weights that a gain can scale", experiment.cell, _OTHERS)
    base, unit = (gather(experiment.replace(gain=gain)) for gain in (0.0, 1.0))
    scaled = {
        name: unit.weights[name] - w for name, w in base.weights.items() if not np.array_equal(unit.weights[name], w)
    }
    shifted = {name: np.ones_like(w) for name, w in base.weights.items() if name.startswith("bias_ih")}
    if not shifted:
        raise ExplorerError("plane", "needs biases that can be shifted", experiment.cell, _OTHERS)
    return NetworkSlice(
        "gain_bias", COORDINATES["gain_bias"], (experiment.gain, 0.0), experiment, base, (scaled, shifted)
    )


def gradient_random(experiment: Experiment) -> NetworkSlice:
    """The plane of the gradient and a random direction, seeded by the experiment.

    Raises:
        ExplorerError: the gradient is zero or not finite.
    """
    supply = gather(experiment)
    u = _unit(_gradient(experiment, supply))
    noise = {
        name: generator(experiment.seed, f"direction {name}").standard_normal(w.shape)
        for name, w in supply.weights.items()
    }
    overlap = sum(float((noise[name] * d).sum()) for name, d in u.items())
    v = _unit({name: d - overlap * u[name] for name, d in noise.items()})
    return NetworkSlice("gradient_random", COORDINATES["gradient_random"], (0.0, 0.0), experiment, supply, (u, v))


def two_weights(experiment: Experiment, first: str = "", second: str = "") -> NetworkSlice:
    """The plane of two single weights.

    Args:
        first, second: such as ``weight_hh_l0[0, 1]``, counted from 0 as in Python; an empty one is the weight on which
            the loss depends most (the largest entry of the gradient other than the weight already chosen).

    Raises:
        ExplorerError: there is no such weight, or both are the same.
    """
    supply = gather(experiment)
    places = [_parse_place(supply, name, text) for name, text in (("first", first), ("second", second)) if text]
    if len(places) < 2:
        for place in _largest(_gradient(experiment, supply)):
            if place not in places:
                places.insert(0 if second and not first and len(places) == 1 else len(places), place)
            if len(places) == 2:
                break
    if places[0] == places[1]:
        raise ExplorerError("second", "must be another weight than the first", second, "Leave it empty.")
    x, y = (replace(c, name=_place_text(*place)) for c, place in zip(COORDINATES["two_weights"], places, strict=True))
    u, v = (_single_weight(supply, *place) for place in places)
    return NetworkSlice("two_weights", (x, y), (0.0, 0.0), experiment, supply, (u, v))


_OTHERS = "Choose another plane, or another cell."
Place = tuple[str, tuple[int, ...]]


def _backend(experiment: Experiment) -> Backend:
    return open_backend(experiment.backend, experiment.device, experiment.dtype)


def _forward(e: Experiment, supply: Supply, weights: Mapping[str, np.ndarray]) -> tuple[Network, ForwardPass, Losses]:
    """The forward pass of lanes that read the same inputs and differ in their weights (K, …)."""
    network, K = Network.of(e, weights), len(next(iter(weights.values())))
    backend = network.backend
    x = backend.asarray(np.repeat(supply.inputs[:, None], K, axis=1))
    initial = [
        {name: backend.asarray(np.repeat(s[layer][None], K, axis=0)) for name, s in supply.initial_state.items()}
        for layer in range(e.num_layers)
    ]
    forth = network.forward(x, initial)
    assert supply.targets is not None
    return network, forth, forth.losses(np.repeat(supply.targets[:, None], K, axis=1))


def _losses_and_gradients(
    e: Experiment, supply: Supply, weights: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(K,) losses, and every parameter's gradient (K, …), NaN where the forward pass overflowed."""
    with _backend(e).computing():
        network, forth, losses = _forward(e, supply, weights)
        totals = network.backward(forth, losses, step_norms=False).gradients.totals()
        gradients = {name: np.asarray(g, dtype=float) for name, g in totals.items()}
    for g in gradients.values():
        g[~forth.alive] = np.nan
    return losses.step_loss.sum(axis=0), gradients


def _inner(lanes: Mapping[str, np.ndarray], direction: Direction) -> np.ndarray:
    """(K,) inner products of lanes (K, …) with one direction, over the direction's parameters."""
    return sum(
        ((lanes[name] * d).reshape(len(lanes[name]), -1).sum(axis=1) for name, d in direction.items()), np.zeros(1)
    )


def _gradient(experiment: Experiment, supply: Supply) -> dict[str, np.ndarray]:
    """The gradient at the network's own parameters."""
    weights = {name: w[None] for name, w in supply.weights.items()}
    return {name: g[0] for name, g in _losses_and_gradients(experiment, supply, weights)[1].items()}


def _unit(direction: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    with np.errstate(all="ignore"):
        peak = max(float(np.abs(d).max(initial=0.0)) for d in direction.values())
        scaled = {name: d / peak for name, d in direction.items()}
        length = np.sqrt(sum(float((d * d).sum()) for d in scaled.values()))
    if not (np.isfinite(length) and length > 0):
        raise ExplorerError("plane", "needs a gradient that is finite and not zero", f"{peak:g}", _OTHERS)
    return {name: d / length for name, d in scaled.items()}


def _parse_place(supply: Supply, parameter: str, text: str) -> Place:
    """The weight named by `text`."""
    match = WEIGHT.fullmatch(text.strip())
    if match is None:
        raise ExplorerError(parameter, "must be one weight", text, f"Write it as {SPELLING}.")
    name, index = match[1], tuple(int(i) for i in match[2].split(","))
    if name not in supply.weights:
        raise ExplorerError(parameter, "must be one of " + ", ".join(supply.weights), name)
    shape = supply.weights[name].shape
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        raise ExplorerError(parameter, f"must lie within {name}, whose shape is {shape}", text)
    return name, index


def _largest(gradient: Mapping[str, np.ndarray]) -> list[Place]:
    """The three weights with the largest gradients, in order; only recurrent ones where there are enough."""
    recurrent = {name: g for name, g in gradient.items() if name.startswith("weight_hh")}
    candidates = recurrent if sum(g.size for g in recurrent.values()) > 2 else gradient
    entries: list[tuple[float, Place]] = []
    for name, g in candidates.items():
        sizes = np.nan_to_num(np.abs(g), nan=-1.0).ravel()
        for position in np.argsort(-sizes, kind="stable")[:3]:
            entries.append((float(sizes[position]), (name, tuple(int(i) for i in np.unravel_index(position, g.shape)))))
    return [place for _, place in sorted(entries, key=lambda entry: -entry[0])[:3]]


def _single_weight(supply: Supply, name: str, index: tuple[int, ...]) -> Direction:
    direction = np.zeros_like(supply.weights[name])
    direction[index] = 1.0
    return {name: direction}


def _place_text(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]"
