"""A formula of a teaching text, and the comparison of its result, run as written, with the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.base.errors import ExplorerError, raise_all
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS


@dataclass(frozen=True, eq=False)
class Comparison:
    """A formula as written, beside the truth, on one experiment; the top layer.

    Attributes:
        formula: its code.
        experiment: the experiment of both.
        quantity: the quantity of the curves: ``state_h``, ``state_c`` (the norm of ∂L/∂state_t), ``share_hh``,
            ``share_out``, ``share_hidden`` (the norm of step t's own contribution to ∂L/∂weight_hh, to ∂L/∂weight_out,
            to all gradients but the readout's).
        true, written: (T,) log10; −inf only for an exact zero, NaN where there is no such gradient.
        kind: the meaning of `number`. ``cosine`` between the two parameter gradients: 1 where the formula is right.
            ``ratio``, as log10, of the written to the true value: 0 where it is right. ``decades`` by which the
            change log10(g_1 / g_T) is off, written minus true: 0 where it is right.
        number: NaN where there is none.
    """

    formula: str
    experiment: Experiment
    quantity: str
    true: np.ndarray
    written: np.ndarray
    kind: str
    number: float

    def __post_init__(self) -> None:
        for name in ("true", "written"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def changes(self) -> tuple[float, float]:
        """log10(g_1 / g_T) of the true curve and of the one as written, in decades."""
        return change(self.true), change(self.written)


@dataclass(frozen=True, eq=False)
class Formula:
    """One formula of the list, wrong or misleading.

    Attributes:
        code: ``m01`` to ``m11``; also the key of its words.
        source: the codes of the texts that contain it.
        written, right: the formula in LaTeX as it stands there, and the right one; letters as in the cells' docstrings.
        applies_to: parameter → the values for which the formula is meant.
        settings: an experiment in which the error shows; what one sees is said of it, and a page offers it.
        dial: the parameter to vary there; empty where there is none.
        as_written: runs the formula on a trace; call `compare`, which checks the trace first.
        variants: name → the same for another reading of the formula, where it has several; the first is `as_written`.
    """

    code: str
    source: tuple[str, ...]
    written: str
    right: str
    applies_to: Mapping[str, tuple[str, ...]]
    settings: Experiment
    dial: str
    as_written: Callable[[Trace], Comparison] = field(repr=False)
    variants: Mapping[str, Callable[[Trace], Comparison]] = field(default_factory=dict, repr=False)

    def misfits(self, e: Experiment) -> list[ExplorerError]:
        """An error for each parameter that keeps the formula from applying to this experiment; empty if it applies."""
        return [
            ExplorerError(
                name, f"must be {' or '.join(values)} for this formula", getattr(e, name), f"Try {values[0]}."
            )
            for name, values in self.applies_to.items()
            if getattr(e, name) not in values and (name != "activation" or "activation" in CELLS[e.cell].kind.choices)
        ]

    def compare(self, trace: Trace, variant: str = "") -> Comparison:
        """The formula as written, beside the truth, on the run of this trace.

        Args:
            variant: one of `variants`; empty for the first reading.

        Raises:
            ExplorerError: the formula does not apply to such a network, or has no such variant.
        """
        raise_all(self.misfits(trace.experiment))
        if variant and variant not in self.variants:
            raise ExplorerError("variant", f"must be one of {', '.join(self.variants) or 'none'}", variant)
        return self.variants[variant](trace) if variant else self.as_written(trace)


def change(norms: np.ndarray) -> float:
    """log10(g_1 / g_T) in decades; −inf where g_1 is exactly zero, NaN where one of them does not exist."""
    with np.errstate(invalid="ignore"):
        return float(norms[0] - norms[-1])


def off_by(true: np.ndarray, written: np.ndarray) -> float:
    """The error of the written curve's change, in decades."""
    with np.errstate(invalid="ignore"):
        return change(written) - change(true)


def log10_ratio(true: float, written: float) -> float:
    """log10 of written / true, from the log10 of both; NaN where both are exact zeros."""
    with np.errstate(invalid="ignore"):
        return float(np.subtract(written, true))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine between two arrays as vectors; NaN where one is zero or not finite."""
    peaks = np.abs(a).max(), np.abs(b).max()
    if not all(np.isfinite(p) and p > 0 for p in peaks):
        return float("nan")
    a, b = (a / peaks[0]).ravel(), (b / peaks[1]).ravel()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
