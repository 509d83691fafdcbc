"""Distributions of initial weights; a cell names one of them for each of its weights.

Recurrent matrices are drawn one H × H block (gate) at a time:

* ``default``     U(−1/√H, 1/√H), what `torch.nn.RNNBase.reset_parameters` does
* ``orthogonal``  QR of a Gaussian matrix, signs fixed; Saxe, McClelland & Ganguli 2014
* ``normal``      N(0, 1/H): spectral radius near 1
* ``glorot``      U(±√(6/(H+H))); Glorot & Bengio 2010
* ``identity``    the identity matrix; Le, Jaitly & Hinton 2015
* ``chain``       1 on the diagonal and ½ below it: each unit reads itself and the one before it. It is not normal, so
                  with a `gain` below 1 a gradient grows at first and then vanishes (Ganguli, Huh & Sompolinsky 2008,
                  Orhan & Pitkow 2020); the readout reads only the chain's last unit, as in a delay line
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def _no_other_weight(name: str) -> np.ndarray:
    raise KeyError(name)


@dataclass(frozen=True)
class Drawing:
    """The information that a draw may use.

    Attributes:
        rng: the weight's own generator.
        shape: the weight's shape.
        hidden_size: H.
        init, gain, input_gain: the experiment's parameters.
        biases: whether biases are drawn; otherwise they are zero.
        other: name → another weight of the same layer.
    """

    rng: np.random.Generator
    shape: tuple[int, ...]
    hidden_size: int
    init: str
    gain: float
    input_gain: float
    biases: bool
    other: Callable[[str], np.ndarray] = _no_other_weight


Draw = Callable[[Drawing], np.ndarray]


def uniform(d: Drawing) -> np.ndarray:
    """U(−1/√H, 1/√H)."""
    return _uniform(d.rng, d.shape, d.hidden_size**-0.5)


def input_matrix(d: Drawing) -> np.ndarray:
    """`input_gain` · U(−1/√H, 1/√H)."""
    return d.input_gain * uniform(d)


def recurrent(d: Drawing) -> np.ndarray:
    """`gain` times a matrix of the kind `init`, block by block.

    A vector has one weight per unit; each entry is a 1 × 1 matrix: ``default`` is U(−1, 1), ``orthogonal`` ±1.
    """
    draw, size = RECURRENT[d.init], d.shape[-1] if len(d.shape) == 2 else 1
    blocks = np.concatenate([draw(d.rng, size) for _ in range(d.shape[0] // size)])
    return d.gain * np.reshape(blocks, d.shape)


def beside_recurrent(d: Drawing) -> np.ndarray:
    """`gain` · U(−1/√H, 1/√H), for peepholes: they reach a gate from one unit, as ``weight_hh`` does from all."""
    return d.gain * uniform(d)


def bias(d: Drawing) -> np.ndarray:
    """U(−1/√H, 1/√H), or zeros where the experiment draws no biases."""
    return uniform(d) if d.biases else np.zeros(d.shape)


SCALED_BY_GAIN: tuple[Draw, ...] = (recurrent, beside_recurrent)


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], bound: float) -> np.ndarray:
    return rng.uniform(-bound, bound, size=shape)


def _orthogonal(rng: np.random.Generator, H: int) -> np.ndarray:
    q, r = np.linalg.qr(rng.standard_normal((H, H)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


RECURRENT: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "default": lambda rng, H: _uniform(rng, (H, H), H**-0.5),
    "orthogonal": _orthogonal,
    "normal": lambda rng, H: rng.standard_normal((H, H)) * H**-0.5,
    "glorot": lambda rng, H: _uniform(rng, (H, H), (6.0 / (H + H)) ** 0.5),
    "identity": lambda rng, H: np.eye(H),
    "chain": lambda rng, H: np.eye(H) + np.eye(H, k=-1) / 2,
}
