"""Eigenvalues of the recurrent weights and of the Jacobian of a chosen step, and what follows from them.

The spectral radius ρ says how powers of a matrix end, the operator norm σ_max how they may begin: a matrix with
ρ < 1 < σ_max can let a gradient grow for many steps before it decays (`non_normal`).

One classical statement needs the weights' norm only: for h_t = φ(W h_{t−1} + …), σ_max(W) < 1/γ with γ = max φ′ is
sufficient for the gradient to vanish (Pascanu, Mikolov & Bengio 2013, section 2.1; γ is 1 for tanh, relu and the
identity, 1/4 for the logistic function). Where it does not hold, nothing follows: the gradient may still vanish.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays, Cell
from explorer.model.cells.reading import added
from explorer.questions.lenses.linear_steps import LinearSteps, check_index
from explorer.questions.lenses.step_jacobians import readable_steps

STEEPEST = {"tanh": 1.0, "relu": 1.0, "identity": 1.0, "sigmoid": 0.25}  # max φ′


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The spectrum of one square matrix.

    Attributes:
        name: ``weight_hh candidate``: a parameter and one of its blocks of rows; ``weight_ci``: a parameter with one
            number per unit, as a diagonal matrix; ``step``: a step's Jacobian.
        eigenvalues: (N,) complex, the largest first; NaN where the matrix is not finite.
        radius: ρ, the largest modulus of an eigenvalue.
        norm: σ_max, the largest singular value.
    """

    name: str
    eigenvalues: np.ndarray
    radius: float
    norm: float


@dataclass(frozen=True)
class Bound:
    """The result of Pascanu et al.'s sufficient condition.

    Attributes:
        code: ``vanishes`` (the condition holds), ``silent`` (it does not, and nothing follows) or ``other_cell`` (the
            step is not of the form h_t = φ(W h_{t−1} + …) that the condition needs).
        norm: σ_max(W). limit: 1/γ. Both are NaN for another cell.
    """

    code: str
    norm: float
    limit: float


def recurrent_spectra(trace: Trace, layer: int = -1) -> tuple[Spectrum, ...]:
    """The spectra of all recurrent weights of a layer: one for each block (gate) of rows, in the cell's order.

    Where there is room for one only, show that of `main_spectrum`.

    Raises:
        ExplorerError: there is no such layer.
    """
    steps = LinearSteps(trace, layer)
    weights = {name: w[0] for name, w in steps.parameters.items()}
    return tuple(_spectrum(name, matrix) for name, matrix in _recurrent(steps.cell, weights))


def main_spectrum(trace: Trace, layer: int = -1) -> Spectrum | None:
    """The spectrum of the weights by which h makes the new content: the candidate's block, or else the first block.

    The gates' own blocks only steer; they act on the gradient through slopes of at most 1/4. None for a cell without
    recurrent weights; only its step has a spectrum (`step_spectrum`).

    Raises:
        ExplorerError: there is no such layer.
    """
    steps = LinearSteps(trace, layer)
    named_matrix = main_matrix(steps.cell, {name: w[0] for name, w in steps.parameters.items()})
    return named_matrix and _spectrum(*named_matrix)


def main_matrix(cell: Cell, weights: Arrays) -> tuple[str, np.ndarray] | None:
    """Name and matrix (H, H) of `main_spectrum`, from a layer's weights under the cell's own names; or None."""
    matrices = dict(_recurrent(cell, weights))
    if not matrices:
        return None
    name = "weight_hh candidate" if "weight_hh candidate" in matrices else next(iter(matrices))
    return name, matrices[name]


def step_spectrum(trace: Trace, step: int, layer: int = -1, sequence: int = 0) -> Spectrum:
    """The spectrum of ∂s_t/∂s_{t−1} at a step t from 1 to T; NaN from an overflow on.

    Raises:
        ExplorerError: there is no such step, layer or sequence.
    """
    steps = LinearSteps(trace, layer, sequence)
    check_index("step", step, 1, steps.steps)
    with steps.backend.computing():
        jacobian = steps.jacobians(step - 1, step)[0]
    return _spectrum("step", jacobian if step <= readable_steps(trace) else np.full_like(jacobian, np.nan))


def vanishing_bound(trace: Trace, layer: int = -1) -> Bound:
    """Whether the weights alone prove that the gradient vanishes (Pascanu, Mikolov & Bengio 2013, section 2.1).

    Raises:
        ExplorerError: there is no such layer.
    """
    steepest, spectrum = _steepest(LinearSteps(trace, layer).cell), main_spectrum(trace, layer)
    if steepest is None or spectrum is None:
        return Bound("other_cell", np.nan, np.nan)
    limit = 1 / steepest
    return Bound("vanishes" if spectrum.norm < limit else "silent", spectrum.norm, limit)


def _steepest(cell: Cell) -> float | None:
    """max φ′ if the step is h = φ(drive + one recurrent term), read from the cell's equations; otherwise None."""
    reading = cell.reading
    lines = reading.of("forward")
    if set(lines) != {"a", "h"} or len(cell.states) > 1:
        return None
    recurrent = set(added(lines["a"])) - set(reading.drives)
    recurrent_terms = {*reading.sums, *(f"{letter} * h_before" for letter in cell.diagonals())}
    return STEEPEST.get(reading.squashing["h"]) if len(recurrent) == 1 and recurrent <= recurrent_terms else None


def _recurrent(cell: Cell, weights: Arrays) -> Iterator[tuple[str, np.ndarray]]:
    """Name and matrix of each recurrent weight; the cell contract gives the axes of a weight."""
    blocks, multipliers = cell.blocks, _multipliers(cell)
    for name, weight in cell.parameters.items():
        numbers = weights[name]
        if weight.axes == ("GH", "H"):
            yield from (
                (f"{name} {block}", rows) for block, rows in zip(blocks, np.split(numbers, len(blocks)), strict=True)
            )
        elif weight.axes == ("H", "H"):
            yield name, numbers
        elif name in multipliers:
            yield name, np.diag(numbers)


def _multipliers(cell: Cell) -> set[str]:
    """The parameters with one number per unit that multiply a state themselves, not as part of a formula."""
    terms = {term for right in cell.reading.of("forward").values() for term in added(right)}
    states = [name + when for name in cell.states for when in ("", "_before")]
    return {name for letter, name in cell.diagonals().items() if terms & {f"{letter} * {state}" for state in states}}


def _spectrum(name: str, matrix: np.ndarray) -> Spectrum:
    if not np.isfinite(matrix).all():
        return Spectrum(name, np.full(len(matrix), np.nan + 0j), np.nan, np.nan)
    eigenvalues = np.linalg.eigvals(matrix).astype(complex)
    eigenvalues = eigenvalues[np.argsort(-np.abs(eigenvalues), kind="stable")]
    return Spectrum(name, eigenvalues, float(np.abs(eigenvalues[0])), float(np.linalg.norm(matrix, 2)))
