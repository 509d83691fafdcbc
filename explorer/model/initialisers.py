"""Weights before training, under torch's names and in torch's layout; each cell names the distributions (`draws`).

Biases are U(−1/√H, 1/√H) (``default``) or ``zero``. ``chrono`` (Tallec & Ollivier 2018, "Can recurrent neural networks
warp time?") is zero except at the gates that choose between the last state and a new one. These start at
log U(1, T−1) with the sign that keeps the state (an LSTM's input gate at minus its forget gate), so that the units'
memory times are spread evenly over the sequence. In a cell without such gates all biases are zero.

Every array has its own generator, seeded by (seed, name), so changing one parameter redraws no other array.
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
    """What initialisers read of an experiment; `block_biases` maps a block to the exact sum of its two biases."""

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
    """All weights of a network, float64, by name: the layers', then ``weight_out`` (O, H) and ``bias_out`` (O,)."""
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
    suffix, layer_shapes = f"_l{layer}", shapes(recipe.cell, recipe.hidden_size, inputs)

    def draw(name: str) -> np.ndarray:
        drawing = replace(_drawing(recipe, name + suffix, layer_shapes[name]), other=draw)
        weight = recipe.cell.parameters[name].draw(drawing)
        return _with_exact_biases(recipe, name, suffix, weight) if name.startswith("bias") else weight

    return {name + suffix: draw(name) for name in layer_shapes}


def _drawing(recipe: Recipe, name: str, shape: tuple[int, ...]) -> Drawing:
    settings = recipe.init, recipe.gain, recipe.input_gain, recipe.bias_init == "default"
    return Drawing(generator(recipe.seed, name), shape, recipe.hidden_size, *settings)


def _with_exact_biases(recipe: Recipe, name: str, suffix: str, values: np.ndarray) -> np.ndarray:
    """The bias `name`, made exact: where a block's two biases have a given sum, ``bias_ih`` holds all of it."""
    H = recipe.hidden_size
    for block, value in _block_biases(recipe, suffix).items():
        first = recipe.cell.blocks.index(block) * H
        values[first : first + H] = value if name == "bias_ih" else 0.0
    return values


def _block_biases(recipe: Recipe, suffix: str) -> Mapping[str, float | np.ndarray]:
    """Block → the exact sum of its two biases, one for all units or one for each."""
    if recipe.bias_init != "chrono":
        return recipe.block_biases
    times = generator(recipe.seed, "chrono" + suffix).uniform(1, recipe.seq_len - 1, size=recipe.hidden_size)
    chrono = {block: sign * np.log(times) for block, sign in recipe.cell.keeps.items()}
    return {**chrono, **recipe.block_biases}
