"""One layer of a network, and its steps as linear maps of cotangents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.base.backend import Array, Backend
from explorer.model.cells.contract import Arrays, Cell, Gradient, SameAs, transposed


@dataclass(frozen=True, eq=False)
class Layer:
    """A cell with the weights of K lanes; most methods call the cell's method with these weights.

    Attributes:
        parameters: name (the cell's, without the layer's suffix) → (K, …); matrices also transposed, as ``….T``.
        suffix: the ending that torch adds to the names, such as ``_l0``.
    """

    backend: Backend
    cell: Cell
    parameters: Arrays
    suffix: str

    @classmethod
    def of(cls, backend: Backend, cell: Cell, weights: Mapping[str, Array], number: int) -> Layer:
        """Layer `number`, counted from 0, of a network's `weights`: torch's name → (K, …) on the device."""
        suffix = f"_l{number}"
        own = {name.removesuffix(suffix): w for name, w in weights.items() if name.endswith(suffix)}
        transposes = {f"{name}.T": _contiguous(backend.xp, transposed(w)) for name, w in own.items() if w.ndim == 3}
        return cls(backend, cell, own | transposes, suffix)

    def drive(self, x: Array) -> Array:
        """The part of the pre-activations that does not depend on the state: x (…, B, I) → (…, B, G·H)."""
        return self.cell.drive(self.backend.xp, self.parameters, x)

    def step(self, drive: Array, before: Arrays) -> tuple[Arrays, Arrays]:
        """One step, from the states `before` (…, B, H) → the new states, and the arrays that `slopes` needs."""
        return self.cell.forward(self.backend.xp, self.parameters, drive, before)

    def slopes(self, before: Arrays, kept: Arrays) -> Arrays:
        """The local derivatives at some steps; given these, all methods below are linear."""
        return self.cell.slopes(self.backend.xp, before, kept)

    def total(self, slopes: Arrays, arriving: Arrays) -> Arrays:
        """Cotangents from later steps and from outside → total derivatives of a step's states."""
        return self.cell.total(self.backend.xp, slopes, arriving)

    def delta(self, slopes: Arrays, total: Arrays) -> Array:
        """Total derivatives → cotangents of the pre-activations, (…, B, D)."""
        return self.cell.delta(self.backend.xp, self.parameters, slopes, total)

    def back(self, slopes: Arrays, total: Arrays, delta: Array) -> Arrays:
        """Total derivatives, and the `delta` made of them → cotangents of the states one step before."""
        return self.cell.backward(self.backend.xp, self.parameters, slopes, total, delta)

    def down(self, delta: Array) -> Array:
        """The pre-activations' cotangents → those of the layer's input, (…, B, I)."""
        return self.cell.backward_input(self.backend.xp, self.parameters, delta)

    def gradients(self, slopes: Arrays, delta: Array, x: Array, before: Arrays) -> dict[str, Gradient]:
        """The terms of each parameter's gradient, under torch's names."""
        terms = self.cell.terms(self.backend.xp, slopes, delta, x, before)
        return {
            name + self.suffix: SameAs(g.name + self.suffix) if isinstance(g, SameAs) else g
            for name, g in terms.items()
        }


def _contiguous(xp: Any, array: Array) -> Array:
    """A copy that is contiguous in the order of its axes; `asarray` with `copy` would keep the order in memory."""
    copy = xp.empty(array.shape, dtype=array.dtype, device=array.device)
    copy[...] = array
    return copy
