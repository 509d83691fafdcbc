"""The contract of a cell: the equations of one step, forward and backward, without time, loss or training.

Shapes (see the README's letters): a state and a gate are (K, B, H); a pre-activation is (K, B, G·H) with G blocks
stacked in torch's order; weights carry a leading lane axis, ``weight_hh`` (K, G·H, H), and come with their transpose,
``weight_hh.T`` (K, H, G·H), contiguous: the forward product is up to three times faster on it. `slopes` and `terms`
are elementwise in the leading axes, so the engine passes them all steps at once: (T, K, B, H).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

from explorer.base.backend import Array
from explorer.base.errors import MissingMethod
from explorer.model.cells.reading import Reading, read
from explorer.model.draws import Draw, bias, input_matrix, recurrent

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Outer:
    """A dense parameter's gradient, Σ_b left_b right_bᵀ: `left` (…, B, rows), `right` (…, B, columns)."""

    left: Array
    right: Array


@dataclass(frozen=True)
class Total:
    """A bias's gradient, Σ_b left_b: `left` (…, B, rows)."""

    left: Array


@dataclass(frozen=True)
class Product:
    """A diagonal parameter's gradient (peephole, independent unit), Σ_b left_b ⊙ right_b, both (…, B, H)."""

    left: Array
    right: Array


Term = Outer | Total | Product


@dataclass(frozen=True)
class SameAs:
    """Replaces a parameter's terms: its gradient equals that of the parameter `name`, as for torch's two biases."""

    name: str


Gradient = list[Term] | SameAs
"""A parameter's terms, to be joined along its rows, or the parameter that has the same gradient."""


@dataclass(frozen=True)
class Weight:
    """One parameter of a cell.

    Attributes:
        axes: the sizes of its axes: GH for the rows of all blocks, H or I.
        draw: the distribution of its initial values.
        letter: its name in the equations; "" where they do not name it.
    """

    axes: tuple[str, ...]
    draw: Draw
    letter: str = ""


DENSE = {  # as in torch
    "weight_ih": Weight(("GH", "I"), input_matrix),
    "weight_hh": Weight(("GH", "H"), recurrent, "W"),
    "bias_ih": Weight(("GH",), bias),
    "bias_hh": Weight(("GH",), bias, "b"),
}

Range = tuple[float, float]
UNBOUNDED: Range = (-inf, inf)
RANGES: Mapping[str, Range] = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, inf),
    "exp": (0.0, inf),
    "identity": UNBOUNDED,
}
"""Squashing function → the open interval of its values."""


class Cell:
    """One recurrent cell. A subclass has `states`, `equations` and the methods; all else has a default.

    Attributes:
        states: the names of its states, first ``h``, which the readout or the next layer reads.
        equations: the step as text; `explorer.model.cells.reading` has the rules.
        gates: name → letter in the equations; `forward` returns their values side by side in this order. A gate's
            value is the factor that the step multiplies by: of an exponential gate with a stabiliser, the stabilised
            one.
        ranges: state or gate → open interval of its values, where it is finite and the equations do not show it.
        scales: states that only set the scale in which others are stored: h is the same for any value of them. The
            step back treats them as constants and returns no derivative of them.
        blocks: the blocks of the weights in torch's order, H rows each; by default the gates, or else ``hidden``.
        delta_blocks: for each block of `delta`, H wide, the block of weights through which it goes back; "" where it
            reaches only parameters.
        parameters: name → weight, under torch's names without the layer's suffix.
        bias_of: an experiment's bias parameter → the block that it sets.
        keeps: gate that chooses between the last state and a new one → +1 where an open gate keeps the last state, −1
            where it lets the new one in.
        choices: the experiment's parameters that the constructor takes.
    """

    states: ClassVar[tuple[str, ...]]
    equations: str
    gates: ClassVar[Mapping[str, str]] = {}
    ranges: Mapping[str, Range] = {}
    scales: ClassVar[tuple[str, ...]] = ()
    blocks: ClassVar[tuple[str, ...]] = ("hidden",)
    delta_blocks: ClassVar[tuple[str, ...]]
    parameters: ClassVar[Mapping[str, Weight]] = DENSE
    bias_of: ClassVar[Mapping[str, str]] = {}
    keeps: ClassVar[Mapping[str, int]] = {}
    choices: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "gates" in vars(cls) and "blocks" not in vars(cls):
            cls.blocks = tuple(cls.gates)
        if "delta_blocks" not in vars(cls) and ("blocks" in vars(cls) or not hasattr(cls, "delta_blocks")):
            cls.delta_blocks = cls.blocks

    @classmethod
    def has_drawn(cls, *draws: Draw) -> bool:
        """Whether any of its weights has one of these distributions."""
        return any(weight.draw in draws for weight in cls.parameters.values())

    @classmethod
    def by_letter(cls) -> dict[str, str]:
        """Letter in the equations → parameter."""
        return {weight.letter: name for name, weight in cls.parameters.items() if weight.letter}

    @classmethod
    def diagonals(cls) -> dict[str, str]:
        """The same for the parameters with one number per unit."""
        return {letter: name for letter, name in cls.by_letter().items() if cls.parameters[name].axes == ("H",)}

    @property
    def carried(self) -> tuple[str, ...]:
        """The states along which a gradient travels."""
        return tuple(name for name in self.states if name not in self.scales)

    @property
    def reading(self) -> Reading:
        """The parsed equations.

        Raises:
            ValueError: they break a rule of `explorer.model.cells.reading`.
        """
        return read(self.equations)

    @property
    def squashing(self) -> dict[str, str]:
        """State or gate → the function that its whole right side is a call of, where it is one."""
        letters, functions = {**{name: name for name in self.states}, **self.gates}, self.reading.squashing
        return {name: functions[letter] for name, letter in letters.items() if letter in functions}

    @property
    def bounds(self) -> dict[str, Range]:
        """State or gate with known bounds → the open interval of its values, infinite where it is unbounded."""
        squashed = {name: RANGES.get(function, UNBOUNDED) for name, function in self.squashing.items()}
        return {**dict.fromkeys(self.states, UNBOUNDED), **squashed, **self.ranges}

    def drive(self, xp: Any, p: Arrays, x: Array) -> Array:
        """The part of the pre-activation that does not depend on the state: x (…, B, I) → (…, B, G·H)."""
        raise MissingMethod(type(self).__name__)

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        """One step: the drive `a` and the last states `s` → the new states, and the arrays that `slopes` needs.

        These arrays include ``gates`` (…, B, n·H), side by side in the order of `gates`, if there are any.
        """
        raise MissingMethod(type(self).__name__)

    def slopes(self, xp: Any, before: Arrays, kept: Arrays) -> Arrays:
        """The local derivatives along the trajectory, from the last states `before` and the arrays of `forward`.

        They are all that the methods below need of the forward pass.
        """
        raise MissingMethod(type(self).__name__)

    def total(self, xp: Any, slopes: Arrays, d: Arrays) -> Arrays:
        """Cotangents that arrive at this step's states → their total derivatives."""
        raise MissingMethod(type(self).__name__)

    def delta(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays) -> Array:
        """Total derivatives → cotangents of the pre-activations, (…, B, D), in blocks as `delta_blocks` lists them."""
        raise MissingMethod(type(self).__name__)

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        """One step back: total derivatives at t → cotangents of the states at t−1. Linear in `d`."""
        raise MissingMethod(type(self).__name__)

    def backward_input(self, xp: Any, p: Arrays, delta: Array) -> Array:
        """The same delta → the cotangent of x, (…, B, I), which a lower layer receives."""
        raise MissingMethod(type(self).__name__)

    def terms(self, xp: Any, slopes: Arrays, delta: Array, x: Array, before: Arrays) -> Mapping[str, Gradient]:
        """The terms of each parameter's gradient, under torch's names without the layer's suffix."""
        raise MissingMethod(type(self).__name__)


METHODS = ("drive", "forward", "slopes", "total", "delta", "backward", "backward_input", "terms")


def sigmoid(xp: Any, a: Array) -> Array:
    """1 / (1 + e^−a). Not computed from tanh, which loses the digits of small values (σ(−30) is 1e-13, not 0)."""
    e = xp.exp(-a)
    e += 1.0
    return 1.0 / e


def split(array: Array, count: int) -> list[Array]:
    """(…, count·H) → `count` views (…, H)."""
    H = array.shape[-1] // count
    return [array[..., n * H : (n + 1) * H] for n in range(count)]


def affine(p: Arrays, x: Array, bias: Array) -> Array:
    """W_ih x + bias for x (…, B, I) and bias (K, G·H), with any number of leading axes → (…, B, G·H)."""
    a = x @ p["weight_ih.T"]
    a += bias[..., None, :]
    return a


def transposed(weight: Array) -> Array:
    """`weight` with its last two axes swapped."""
    return weight.swapaxes(-1, -2)


def shapes(cell: type[Cell], hidden_size: int, input_size: int) -> dict[str, tuple[int, ...]]:
    """Weight, without the layer's suffix → its shape in one layer."""
    sizes = {"GH": len(cell.blocks) * hidden_size, "H": hidden_size, "I": input_size}
    return {name: tuple(sizes[axis] for axis in weight.axes) for name, weight in cell.parameters.items()}
