"""What a cell is: the equations of one step, forward and backward, and nothing of time, loss or training.

Shapes (see the README's letters): a state and a gate are (K, B, H); a pre-activation is (K, B, G·H) with G blocks
stacked in torch's order; weights carry a leading lane axis, ``weight_hh`` (K, G·H, H), and come with their transpose,
``weight_hh.T`` (K, H, G·H), contiguous: the forward product is up to three times faster on it. `slopes` and `terms`
are elementwise in the leading axes, so the engine hands them all steps at once: (T, K, B, H).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from explorer.base.backend import Array

Arrays = Mapping[str, Array]
Part = Literal["forward", "backward"]


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
    """In place of a parameter's terms: its gradient is that of the parameter `name`, as of torch's two biases."""

    name: str


Gradient = list[Term] | SameAs
"""A parameter's terms, in blocks of rows."""

DENSE = {"weight_ih": ("GH", "I"), "weight_hh": ("GH", "H"), "bias_ih": ("GH",), "bias_hh": ("GH",)}  # as in torch


@dataclass(frozen=True)
class Equation:
    """One line of a step, `left` = `right`, which holds for each unit on its own.

    `right` is Python's arithmetic (+ − * **; a comparison is 0 or 1; sigmoid, tanh, relu, exp, cos, sin) over numbers
    and names:

    * other lefts, the cell's `drive_names`, its `sums` and its `diagonals`;
    * for every state, here h: ``h_before`` its value at t−1, ``dh_next`` the derivative that arrives along it from step
      t+1. Lefts are ``h``, the total derivative ``dh``, and ``dh_before``, which goes on to t−1;
    * ``loss_h``: what the loss at t, or the layer above, adds to dh.
    """

    left: str
    right: str
    part: Part


@dataclass(frozen=True)
class Sum:
    """A name in the equations that is a sum over units k, as seen from unit j, for the named blocks of W_hh:

    forward Σ_k W_hh[j, k] v_k, with b_hh[j] where `bias`; backward Σ_k W_hh[k, j] v_k, over all blocks together.

    Attributes:
        terms: block name → the name of v.
        weight: the parameter that stands for W_hh.
    """

    terms: Mapping[str, str]
    part: Part
    bias: bool = False
    weight: str = "weight_hh"


def written(part: Part, *lines: str) -> tuple[Equation, ...]:
    """Lines such as ``"h = o * tanh(c)"``."""
    pairs = [line.split(" = ") for line in lines]
    return tuple(Equation(left, right, part) for left, right in pairs)


class Cell(Protocol):
    """One recurrent cell.

    `state_names` names the states; `bounds` gives the open interval that each state or gate lies in, infinite where it
    has no end; `kept_names` what `forward` returns beside them for `slopes` to see again, among it
    ``"gates"`` (…, B, n·H), the gates side by side in the order of `gate_names`. `block_names` names the rows of the
    weights, in torch's order, H rows each; `delta_names` the blocks of `delta`, H wide each, after the block of
    weights that they come back through, "" where they reach parameters alone; `parameters` the weights, with the
    sizes of their axes: GH for the rows of all blocks, H or I. `bias_blocks` maps an experiment's bias parameter to
    the block it sets; `keeping` the gates that choose between the last state and a new one to +1 where an open gate
    keeps the last, −1 where it lets the new in. `choices` names the experiment's parameters that the constructor
    takes.

    `equations` are the step once more, as it is read: forward lines, then backward ones, each after what it needs.
    `drive_names` are their names for the drive's blocks, `sums` those for what runs over all units, and `diagonals`
    those for parameters with one number a unit.
    """

    state_names: ClassVar[tuple[str, ...]]
    bounds: Mapping[str, tuple[float, float]]
    gate_names: ClassVar[tuple[str, ...]]
    kept_names: ClassVar[tuple[str, ...]]
    block_names: ClassVar[tuple[str, ...]]
    delta_names: ClassVar[tuple[str, ...]]
    parameters: ClassVar[Mapping[str, tuple[str, ...]]]
    bias_blocks: ClassVar[Mapping[str, str]]
    keeping: ClassVar[Mapping[str, int]]
    choices: ClassVar[tuple[str, ...]]
    equations: tuple[Equation, ...]
    drive_names: ClassVar[tuple[str, ...]]
    sums: ClassVar[Mapping[str, Sum]]
    diagonals: ClassVar[Mapping[str, str]]

    def drive(self, xp: Any, p: Arrays, x: Array) -> Array:
        """The part of the pre-activation that does not wait for the state: x (…, B, I) → (…, B, G·H)."""
        ...

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        """One step: the drive `a` and the last states `s` give the new states and what is kept."""
        ...

    def slopes(self, xp: Any, before: Arrays, kept: Arrays) -> Arrays:
        """The local derivatives along the trajectory: all that `backward` needs to know of the forward pass."""
        ...

    def total(self, xp: Any, slopes: Arrays, d: Arrays) -> Arrays:
        """Cotangents that came from later steps → total derivatives of this step's states."""
        ...

    def delta(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays) -> Array:
        """Total derivatives → cotangents of the pre-activations, (…, B, D) in the cell's own arrangement."""
        ...

    def backward(self, xp: Any, p: Arrays, slopes: Arrays, d: Arrays, delta: Array) -> Arrays:
        """One step back: total derivatives at t → cotangents of the states at t−1. Linear in `d`."""
        ...

    def backward_input(self, xp: Any, p: Arrays, delta: Array) -> Array:
        """The same delta → the cotangent of x, (…, B, I): what a lower layer receives."""
        ...

    def terms(self, xp: Any, slopes: Arrays, delta: Array, x: Array, before: Arrays) -> Mapping[str, Gradient]:
        """How each parameter's gradient is made, under torch's names without the layer's suffix."""
        ...


def sigmoid(xp: Any, a: Array) -> Array:
    """1 / (1 + e^−a). Not through tanh: that loses the digits of small values (σ(−30) is 1e-13, not 0)."""
    e = xp.exp(-a)
    e += 1.0
    return 1.0 / e


def blocks(array: Array, count: int) -> list[Array]:
    """(…, count·H) → `count` views (…, H)."""
    H = array.shape[-1] // count
    return [array[..., n * H : (n + 1) * H] for n in range(count)]


def affine(p: Arrays, x: Array, bias: Array) -> Array:
    """W_ih x + bias, for any number of leading axes."""
    a = x @ p["weight_ih.T"]
    a += bias[..., None, :]
    return a


def transposed(weight: Array) -> Array:
    return weight.swapaxes(-1, -2)


def shapes(cell: type[Cell], hidden_size: int, input_size: int) -> dict[str, tuple[int, ...]]:
    """The shapes of one layer's weights."""
    sizes = {"GH": len(cell.block_names) * hidden_size, "H": hidden_size, "I": input_size}
    return {name: tuple(sizes[axis] for axis in axes) for name, axes in cell.parameters.items()}
