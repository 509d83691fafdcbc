"""Weights before training, under torch's names and in torch's layout.

Recurrent matrices are drawn one H × H block (gate) at a time:

* ``default``     U(−1/√H, 1/√H), what `torch.nn.RNNBase.reset_parameters` does
* ``orthogonal``  QR of a Gaussian matrix, signs fixed; Saxe, McClelland & Ganguli 2014
* ``normal``      N(0, 1/H): spectral radius near 1
* ``glorot``      U(±√(6/(H+H))); Glorot & Bengio 2010
* ``identity``    the identity matrix; Le, Jaitly & Hinton 2015
* ``chain``       1 on the diagonal and ½ below it: each unit hears itself and the one before it. Not normal, so that
                  with a `gain` below 1 a gradient grows for a while before it dies (Ganguli, Huh & Sompolinsky 2008,
                  Orhan & Pitkow 2020); the readout hears the chain's last unit alone, as in a delay line

Independent units (`indrnn`) are as many networks of one: each weight is drawn as a 1 × 1 matrix, so ``default`` is
U(−1, 1), ``orthogonal`` ±1, and ``identity`` 1.

Peepholes, one number a unit, are always U(−1/√H, 1/√H): they reach a gate from c as ``weight_hh`` does from h. `gain`
multiplies both.

A linear recurrent unit's λ is drawn evenly from the unit disc, and its γ is √(1 − |λ|²); Orvieto et al. 2023, lemma 3.2
and section 3.4. It has no other recurrent weights, so `init` and `gain` do nothing there.

Biases are U(−1/√H, 1/√H) (``default``) or ``zero``. ``chrono`` (Tallec & Ollivier 2018, "Can recurrent neural networks
warp time?") is zero but for the gates that choose between the last state and a new one: those start at
log U(1, T−1) with the sign that keeps (an LSTM's input gate at minus its forget gate), so that units remember times
spread evenly over the sequence. A cell without such gates starts at zero.

Every array has a generator of its own, seeded by (seed, name): changing one parameter redraws nothing else.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.model.cells.contract import Cell, shapes


def generator(seed: int, name: str, *index: int) -> np.random.Generator:
    """The generator of the stream `name`, or of its part `index`, under an experiment's seed."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode()), *index]))


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
    "chain": lambda rng, H: np.eye(H) + np.eye(H, k=-1) / 2,
}


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
    weights["weight_out"] = _uniform(generator(recipe.seed, "weight_out"), (output_size, H), H**-0.5)
    if recipe.init == "chain" and "weight_hh" in recipe.cell.parameters:
        weights["weight_out"][:, :-1] = 0.0
    weights["bias_out"] = _bias(recipe, "bias_out", output_size)
    return weights


def _draw_layer(recipe: Recipe, layer: int, inputs: int) -> dict[str, np.ndarray]:
    end = f"_l{layer}"
    of_layer = shapes(recipe.cell, recipe.hidden_size, inputs)
    return {
        name + end: (_layer_bias if name.startswith("bias") else _weight)(recipe, name, end, shape)
        for name, shape in of_layer.items()
    }


def _weight(recipe: Recipe, name: str, end: str, shape: tuple[int, ...]) -> np.ndarray:
    rng, H = generator(recipe.seed, name + end), recipe.hidden_size
    match name:
        case "weight_ih":
            return recipe.input_gain * _uniform(rng, shape, H**-0.5)
        case "weight_ci" | "weight_cf" | "weight_co":
            return recipe.gain * _uniform(rng, shape, H**-0.5)
        case "weight_nu":
            return np.log(-np.log(rng.uniform(size=shape)) / 2)
        case "weight_theta":
            return rng.uniform(0.0, 2 * np.pi, size=shape)
        case "weight_gamma":
            return np.log(-np.expm1(-2 * np.exp(_weight(recipe, "weight_nu", end, shape)))) / 2
        case _:  # weight_hh, and the second one of a higher order
            draw, size = RECURRENT[recipe.init], shape[-1] if len(shape) == 2 else 1
            blocks = np.concatenate([draw(rng, size) for _ in range(shape[0] // size)])
            return recipe.gain * np.reshape(blocks, shape)


def _layer_bias(recipe: Recipe, name: str, end: str, shape: tuple[int, ...]) -> np.ndarray:
    bias, H = _bias(recipe, name + end, shape[0]), recipe.hidden_size
    for block, value in _block_biases(recipe, end).items():
        first = recipe.cell.block_names.index(block) * H
        bias[first : first + H] = value if name == "bias_ih" else 0.0
    return bias


def _block_biases(recipe: Recipe, end: str) -> Mapping[str, float | np.ndarray]:
    """Block → the exact sum of its two biases, one for all units or one for each."""
    if recipe.bias_init != "chrono":
        return recipe.block_biases
    times = generator(recipe.seed, "chrono" + end).uniform(1, recipe.seq_len - 1, size=recipe.hidden_size)
    chrono = {block: sign * np.log(times) for block, sign in recipe.cell.keeping.items()}
    return {**chrono, **recipe.block_biases}


def _bias(recipe: Recipe, name: str, rows: int) -> np.ndarray:
    if recipe.bias_init in ("zero", "chrono"):
        return np.zeros(rows)
    return _uniform(generator(recipe.seed, name), (rows,), recipe.hidden_size**-0.5)
