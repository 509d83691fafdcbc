"""Eigenvalues: all results of `spectra` for one layer and one step, as one record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.engine.trace import Trace
from explorer.model.cells import CELLS, make_cell
from explorer.questions.lenses.spectra import (
    Bound,
    Spectrum,
    main_spectrum,
    recurrent_spectra,
    step_spectrum,
    vanishing_bound,
)


@dataclass(frozen=True)
class Eigenvalues:
    """The spectra of one layer.

    Attributes:
        recurrent: those of each recurrent weight, block by block; empty for a cell without.
        main: the name of the one of `main_spectrum`, or "".
        step: t. jacobian: of ∂s_t/∂s_{t−1}, for the first sequence.
        bound: Pascanu et al.'s sufficient condition.
    """

    recurrent: tuple[Spectrum, ...]
    main: str
    step: int
    jacobian: Spectrum
    bound: Bound


def eigenvalues(trace: Trace, step: int | None = None, layer: int = -1) -> Eigenvalues:
    """The spectra of a layer, with the Jacobian of `step`, by default the middle one.

    Raises:
        ExplorerError: there is no such step or layer.
    """
    step = (trace.experiment.seq_len + 1) // 2 if step is None else step
    main = main_spectrum(trace, layer)
    return Eigenvalues(
        recurrent_spectra(trace, layer),
        main.name if main else "",
        step,
        step_spectrum(trace, step, layer),
        vanishing_bound(trace, layer),
    )


def matrix_names(kinds: Iterable[str] | None = None) -> tuple[str, ...]:
    """The names of the recurrent spectra of these cells (of all cells where absent), for a menu."""
    names: dict[str, None] = {}
    for kind in CELLS if kinds is None else kinds:
        cell = make_cell(kind)
        for parameter, weight in cell.parameters.items():
            if weight.axes == ("GH", "H"):
                names |= dict.fromkeys(f"{parameter} {block}" for block in cell.blocks)
            elif weight.axes == ("H", "H") or parameter in cell.diagonals().values():
                names[parameter] = None
    return tuple(names)
