"""Weights before training, under torch's names and in torch's layout: each drawn as its cell says (`draws`).

Biases are U(−1/√H, 1/√H) (``default``) or ``zero``. ``chrono`` (Tallec & Ollivier 2018, "Can recurrent neural networks
warp time?") is zero but for the gates that choose between the last state and a new one: those start at
log U(1, T−1) with the sign that keeps (an LSTM's input gate at minus its forget gate), so that units remember times
spread evenly over the sequence. A cell without such gates starts at zero.

Every array has a generator of its own, seeded by (seed, name): changing one parameter redraws nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.base.streams import generator
from explorer.model.cells.contract import Cell, shapes
from explorer.model.draws import Drawing, bias, recurrent, uniform


@dataclass(frozen=True)
class Recipe:
    """What the initialisers read of an experiment; `block_biases` maps a block to the exact sum of its two biases."""

    cell: type[Cell]
    hidden_size: int
    num_layers: int
    init: str
    gain: float
    input_gain: float
    bias_init: str
    block_biases: Mapping[str, float]
    seq_len: int
    seed: int


def draw_weights(recipe: Recipe, input_size: int, output_size: int) -> dict[str, np.ndarray]:
    """All weights of a network, float64: the layers' own, then the readout's ``weight_out`` (O, H), ``bias_out``."""
    H = recipe.hidden_size
    weights: dict[str, np.ndarray] = {}
    for layer in range(recipe.num_layers):
        weights |= _draw_layer(recipe, layer, input_size if layer == 0 else H)
    weights["weight_out"] = uniform(_drawing(recipe, "weight_out", (output_size, H)))
    if recipe.init == "chain" and recipe.cell.has_drawn(recurrent):
        weights["weight_out"][:, :-1] = 0.0
    weights["bias_out"] = bias(_drawing(recipe, "bias_out", (output_size,)))
    return weights


def _draw_layer(recipe: Recipe, layer: int, inputs: int) -> dict[str, np.ndarray]:
    end, of_layer = f"_l{layer}", shapes(recipe.cell, recipe.hidden_size, inputs)

    def drawn(name: str) -> np.ndarray:
        drawing = replace(_drawing(recipe, name + end, of_layer[name]), other=drawn)
        weight = recipe.cell.parameters[name].draw(drawing)
        return _with_exact_biases(recipe, name, end, weight) if name.startswith("bias") else weight

    return {name + end: drawn(name) for name in of_layer}


def _drawing(recipe: Recipe, name: str, shape: tuple[int, ...]) -> Drawing:
    wishes = recipe.init, recipe.gain, recipe.input_gain, recipe.bias_init == "default"
    return Drawing(generator(recipe.seed, name), shape, recipe.hidden_size, *wishes)


def _with_exact_biases(recipe: Recipe, name: str, end: str, drawn: np.ndarray) -> np.ndarray:
    """The blocks whose two biases are to sum up to a given value hold all of it in ``bias_ih``."""
    H = recipe.hidden_size
    for block, value in _block_biases(recipe, end).items():
        first = recipe.cell.blocks.index(block) * H
        drawn[first : first + H] = value if name == "bias_ih" else 0.0
    return drawn


def _block_biases(recipe: Recipe, end: str) -> Mapping[str, float | np.ndarray]:
    """Block → the exact sum of its two biases, one for all units or one for each."""
    if recipe.bias_init != "chrono":
        return recipe.block_biases
    times = generator(recipe.seed, "chrono" + end).uniform(1, recipe.seq_len - 1, size=recipe.hidden_size)
    chrono = {block: sign * np.log(times) for block, sign in recipe.cell.keeps.items()}
    return {**chrono, **recipe.block_biases}
