"""One layer of a network, and its steps as linear maps of cotangents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.base.backend import Array, Backend
from explorer.model.cells.contract import Arrays, Cell, Gradient, SameAs, transposed


@dataclass(frozen=True, eq=False)
class Layer:
    """A cell with the weights of K lanes; what it is asked is a method of the cell, called with these.

    Attributes:
        parameters: under the cell's own names (K, …), without the layer's suffix; matrices also transposed, ``….T``.
        suffix: what torch adds to the names, such as ``_l0``.
    """

    backend: Backend
    cell: Cell
    parameters: Arrays
    suffix: str

    @classmethod
    def of(cls, backend: Backend, cell: Cell, weights: Mapping[str, Array], number: int) -> Layer:
        """Layer `number`, counted from 0, of a network's `weights`, which have torch's names."""
        suffix = f"_l{number}"
        own = {name.removesuffix(suffix): w for name, w in weights.items() if name.endswith(suffix)}
        turned = {f"{name}.T": _contiguous(backend.xp, transposed(w)) for name, w in own.items() if w.ndim == 3}
        return cls(backend, cell, own | turned, suffix)

    def drive(self, x: Array) -> Array:
        """The part of the pre-activations that does not wait for the state: x (…, B, I) → (…, B, G·H)."""
        return self.cell.drive(self.backend.xp, self.parameters, x)

    def step(self, drive: Array, before: Arrays) -> tuple[Arrays, Arrays]:
        """The new states, and what is kept of the step."""
        return self.cell.forward(self.backend.xp, self.parameters, drive, before)

    def slopes(self, before: Arrays, kept: Arrays) -> Arrays:
        """The local derivatives at some steps: with these, what follows is linear."""
        return self.cell.slopes(self.backend.xp, before, kept)

    def total(self, slopes: Arrays, arriving: Arrays) -> Arrays:
        """Cotangents from later steps and from outside → total derivatives of a step's states."""
        return self.cell.total(self.backend.xp, slopes, arriving)

    def delta(self, slopes: Arrays, total: Arrays) -> Array:
        """Total derivatives → cotangents of the pre-activations."""
        return self.cell.delta(self.backend.xp, self.parameters, slopes, total)

    def back(self, slopes: Arrays, total: Arrays, delta: Array) -> Arrays:
        """Total derivatives, and the `delta` made of them → cotangents of the states one step before."""
        return self.cell.backward(self.backend.xp, self.parameters, slopes, total, delta)

    def down(self, delta: Array) -> Array:
        """The pre-activations' cotangents → that of what the layer read."""
        return self.cell.backward_input(self.backend.xp, self.parameters, delta)

    def gradients(self, slopes: Arrays, delta: Array, x: Array, before: Arrays) -> dict[str, Gradient]:
        """How each parameter's gradient is made, under torch's names."""
        made = self.cell.terms(self.backend.xp, slopes, delta, x, before)
        return {
            name + self.suffix: SameAs(g.name + self.suffix) if isinstance(g, SameAs) else g for name, g in made.items()
        }


def _contiguous(xp: Any, array: Array) -> Array:
    """A copy in the order of its axes: `asarray` with `copy` would keep the order in memory."""
    copy = xp.empty(array.shape, dtype=array.dtype, device=array.device)
    copy[...] = array
    return copy
