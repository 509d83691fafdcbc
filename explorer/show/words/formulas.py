"""Sentences on the formulas of teaching texts, and the lines of a derivation with their numbers, in LaTeX."""

from __future__ import annotations

import numpy as np

from explorer.questions.textbook.contract import Comparison
from explorer.questions.textbook.derivation import Derivation, Line
from explorer.show.words import say
from explorer.show.words.numbers import decades, magnitude

MOST_ENTRIES = 6  # of a side of a matrix: more are not readable on a phone
MOST_TERMS = 12


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
    """The line as a paper has it; its left side alone, where that says all."""
    right = line.right % line.symbols
    return line.left if line.left == right else f"{line.left} = {right}"


def filled(line: Line) -> str:
    """The right side with its numbers, and what it comes to; once, where the two are the same."""
    right, value = line.right % {name: _numbers(v) for name, v in line.numbers.items()}, _numbers(line.value)
    return value if right == value else f"{right} = {value}"


def summed(derived: Derivation) -> str:
    """∂L/∂W as the sum of what each step adds, and what it comes to; of a long run the first and the last terms."""
    terms = [_numbers(term) for term in derived.terms["W"]]
    if len(terms) > MOST_TERMS:
        terms = [*terms[: MOST_TERMS - 2], r"\cdots", terms[-1]]
    left = rf"\frac{{\partial L}}{{\partial W}} = \sum_{{t=1}}^{{{derived.steps}}} \varepsilon_t\,h_{{t-1}}^\top"
    return " = ".join([left, " + ".join(terms), _numbers(derived.gradients["W"])])


def _numbers(array: np.ndarray) -> str:
    """A column, a matrix, or a number alone; of a long side the first entries and the last."""
    if array.size == 1:
        return _number(float(array.ravel()[0]))
    table = array.reshape(len(array), -1)
    columns = _shown(table.shape[1])
    rows = [
        "&".join(r"\vdots" if r is None else r"\cdots" if c is None else _number(float(table[r, c])) for c in columns)
        for r in _shown(len(table))
    ]
    return r"\begin{pmatrix}" + r"\\".join(rows) + r"\end{pmatrix}"


def _shown(size: int) -> list[int | None]:
    """Which rows or columns are written out; None stands for those that are not."""
    if size <= MOST_ENTRIES:
        return list(range(size))
    return [*range(MOST_ENTRIES - 2), None, size - 1]


def _number(value: float) -> str:
    """Three digits; one of no size is 0, and a small one keeps its power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value + 0.0:.3g}"  # and no −0
    digits, exponent = f"{value:.1e}".split("e")
    return rf"{digits}\cdot 10^{{{int(exponent)}}}"
