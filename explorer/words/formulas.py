"""Sentences on the formulas of teaching texts, and the lines of a derivation with their numbers, in LaTeX."""

from __future__ import annotations

import numpy as np

from explorer.textbook.contract import Comparison
from explorer.textbook.derivation import Line
from explorer.words import say
from explorer.words.numbers import decades, magnitude


def number_sentence(comparison: Comparison) -> str:
    """The comparison's one number."""
    c = comparison
    if np.isnan(c.number):
        return say("formula_number", "none")
    if c.kind == "decades":
        true, written = map(decades, c.changes)
        return say("formula_number", "decades", true=true, written=written)
    value = magnitude(c.number) if c.kind == "ratio" else f"{c.number:.2f}".replace("-", "−")
    return say("formula_number", c.kind, value=value)


def symbolic(line: Line) -> str:
    """The line as a paper has it."""
    return f"{line.left} = {line.right % line.symbols}"


def filled(line: Line) -> str:
    """The right side with its numbers, and what it comes to; once, where the two are the same."""
    right, value = line.right % {name: _numbers(v) for name, v in line.numbers.items()}, _numbers(line.value)
    return value if right == value else f"{right} = {value}"


def _numbers(array: np.ndarray) -> str:
    """A column, a matrix, or a number alone."""
    if array.size == 1:
        return _number(float(array.ravel()[0]))
    rows = [[_number(float(v)) for v in np.atleast_1d(row)] for row in array]
    return r"\begin{pmatrix}" + r"\\".join("&".join(row) for row in rows) + r"\end{pmatrix}"


def _number(value: float) -> str:
    """Three digits; one of no size is 0, and a small one keeps its power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value + 0.0:.3g}"  # and no −0
    digits, exponent = f"{value:.1e}".split("e")
    return rf"{digits}\cdot 10^{{{int(exponent)}}}"
