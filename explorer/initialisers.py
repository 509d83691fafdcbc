"""Weights before training, under torch's names and in torch's layout.

Recurrent matrices are drawn one H × H block (gate) at a time:

* ``default``     U(−1/√H, 1/√H), what `torch.nn.RNNBase.reset_parameters` does
* ``orthogonal``  QR of a Gaussian matrix, signs fixed; Saxe, McClelland & Ganguli 2014
* ``normal``      N(0, 1/H): spectral radius near 1
* ``glorot``      U(±√(6/(H+H))); Glorot & Bengio 2010
* ``identity``    the identity matrix; Le, Jaitly & Hinton 2015

Every array has a generator of its own, seeded by (seed, name): changing one parameter redraws nothing else.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.cells.contract import dense_shapes


def generator(seed: int, name: str) -> np.random.Generator:
    """The generator of the stream `name` under an experiment's seed."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], bound: float) -> np.ndarray:
    return rng.uniform(-bound, bound, size=shape)


def _orthogonal(rng: np.random.Generator, H: int) -> np.ndarray:
    q, r = np.linalg.qr(rng.standard_normal((H, H)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


RECURRENT = {
    "default": lambda rng, H: _uniform(rng, (H, H), H**-0.5),
    "orthogonal": _orthogonal,
    "normal": lambda rng, H: rng.standard_normal((H, H)) * H**-0.5,
    "glorot": lambda rng, H: _uniform(rng, (H, H), (6.0 / (H + H)) ** 0.5),
    "identity": lambda rng, H: np.eye(H),
}


@dataclass(frozen=True)
class Recipe:
    """What the initialisers read of an experiment; `block_biases` maps a block to the exact sum of its two biases."""

    blocks: tuple[str, ...]
    hidden_size: int
    num_layers: int
    init: str
    gain: float
    input_gain: float
    bias_init: str
    block_biases: Mapping[str, float]
    seed: int


def draw_weights(recipe: Recipe, input_size: int, output_size: int) -> dict[str, np.ndarray]:
    """All weights of a network, float64: the layers' own, then the readout's ``weight_out`` (O, H), ``bias_out``."""
    H = recipe.hidden_size
    weights: dict[str, np.ndarray] = {}
    for layer in range(recipe.num_layers):
        weights |= _draw_layer(recipe, layer, input_size if layer == 0 else H)
    weights["weight_out"] = _uniform(generator(recipe.seed, "weight_out"), (output_size, H), H**-0.5)
    weights["bias_out"] = _bias(recipe, "bias_out", output_size)
    return weights


def _draw_layer(recipe: Recipe, layer: int, inputs: int) -> dict[str, np.ndarray]:
    H, end = recipe.hidden_size, f"_l{layer}"
    rows = dense_shapes(len(recipe.blocks), H, inputs)["weight_ih"][0]
    rng = generator(recipe.seed, "weight_hh" + end)
    recurrent = [RECURRENT[recipe.init](rng, H) for _ in recipe.blocks]
    drawn = _uniform(generator(recipe.seed, "weight_ih" + end), (rows, inputs), H**-0.5)
    bias_ih, bias_hh = (_bias(recipe, name + end, rows) for name in ("bias_ih", "bias_hh"))
    for block, value in recipe.block_biases.items():
        at = slice(recipe.blocks.index(block) * H, (recipe.blocks.index(block) + 1) * H)
        bias_ih[at], bias_hh[at] = value, 0.0
    return {
        "weight_ih" + end: recipe.input_gain * drawn,
        "weight_hh" + end: recipe.gain * np.concatenate(recurrent),
        "bias_ih" + end: bias_ih,
        "bias_hh" + end: bias_hh,
    }


def _bias(recipe: Recipe, name: str, rows: int) -> np.ndarray:
    if recipe.bias_init == "zero":
        return np.zeros(rows)
    return _uniform(generator(recipe.seed, name), (rows,), recipe.hidden_size**-0.5)
