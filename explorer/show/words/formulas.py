"""Sentences about the formulas of teaching texts, and the lines of a derivation with their numbers, in LaTeX."""

from __future__ import annotations

import numpy as np

from explorer.questions.textbook.contract import Comparison
from explorer.questions.textbook.derivation import Derivation, Line
from explorer.show.words import say
from explorer.show.words.numbers import cosine, decades, magnitude, steps

MOST_ENTRIES = 6  # per side of a matrix: more are not readable on a phone
MOST_TERMS = 12  # of a sum


def number_sentence(comparison: Comparison) -> str:
    """The one number of a comparison, as a sentence."""
    c = comparison
    if np.isnan(c.number):
        return say("formula_number", "none")
    key = f"{c.kind}_{c.quantity}"
    if c.kind == "decades":
        true, written = map(decades, c.changes)
        return say("formula_number", key, true=true, written=written, back=steps(len(c.true) - 1))
    return say("formula_number", key, value=magnitude(c.number) if c.kind == "ratio" else cosine(c.number))


def symbolic(line: Line) -> str:
    """The line in LaTeX as a paper writes it; its left side alone if both sides are equal."""
    right = line.right % line.symbols
    return line.left if line.left == right else f"{line.left} = {right}"


def filled(line: Line) -> str:
    """The right side in LaTeX with its numbers, and its value; the value alone if the two are equal."""
    right, value = line.right % {name: _numbers(v) for name, v in line.numbers.items()}, _numbers(line.value)
    return value if right == value else f"{right} = {value}"


def summed(derivation: Derivation) -> str:
    """∂L/∂W in LaTeX as the sum of each step's term, and its value; a long sum shows its first terms and the last."""
    terms = [_numbers(term) for term in derivation.terms["W"]]
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], r"\cdots", terms[-1]]
    left = rf"\frac{{\partial L}}{{\partial W}} = \sum_{{t=1}}^{{{derivation.steps}}} \varepsilon_t\,h_{{t-1}}^\top"
    return " = ".join([left, " + ".join(terms), _numbers(derivation.gradients["W"])])


def _numbers(array: np.ndarray) -> str:
    """A number, a column or a matrix in LaTeX; a long side shows its first entries and the last."""
    if array.size == 1:
        return _number(float(array.ravel()[0]))
    table = array.reshape(len(array), -1)
    columns = _shown_indices(table.shape[1])
    rows = [
        "&".join(r"\vdots" if r is None else r"\cdots" if c is None else _number(float(table[r, c])) for c in columns)
        for r in _shown_indices(len(table))
    ]
    return r"\begin{pmatrix}" + r"\\".join(rows) + r"\end{pmatrix}"


def _shown_indices(size: int) -> list[int | None]:
    """Indices of the rows or columns to write out; None stands for those left out."""
    if size <= MOST_ENTRIES:
        return list(range(size))
    return [*range(MOST_ENTRIES - 2), None, size - 1]


def _number(value: float) -> str:
    """A number with three digits; a very small or large one with two and its power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value + 0.0:.3g}"  # + 0.0 makes −0 a plain 0
    digits, exponent = f"{value:.1e}".split("e")
    return rf"{digits}\cdot 10^{{{int(exponent)}}}"
