"""The parser of the cells' equations.

The text has two paragraphs, the forward step and the backward step. Each line is ``left = right`` and comes after the
lines that it uses. `right` is arithmetic with numbers and names, and holds for each unit separately: + − * **2, the
comparison ``a > b`` (0 or 1), ``ratio(a, b)`` for a / b, ``max(a, b)``, and tanh, sigmoid, relu, exp, log, cos, sin.
The names are

* the left sides of other lines;
* for every state, here h: ``h_before``, its value at t−1, and ``dh_next``, the derivative that arrives along it from
  step t+1. Left sides are ``h``, the total derivative ``dh``, and ``dh_before``, which goes on to t−1;
* ``loss_h``: the part of dh that comes from the loss at t, or from the layer above;
* the drive, ``x`` or ``x_…``: one name for each block of rows of ``weight_ih``, in the order of their first use;
* letters of the cell's parameters with one number per unit.

A product with a matrix is a sum over all units. It has a line of its own, so that it has a name:
``u_f = W.forget @ h_before`` is Σ_k W[j, k] h_k over the rows of the block ``forget``, with ``+ b.forget`` where the
bias belongs to it; ``w_delta = W.input.T @ delta_i + W.forget.T @ delta_f`` goes back through both blocks together.
``W`` and ``b`` are letters of the cell's parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Part = Literal["forward", "backward"]
PARTS: tuple[Part, Part] = ("forward", "backward")


@dataclass(frozen=True)
class Equation:
    """One line of a step, `left` = `right`, which holds for each unit separately."""

    left: str
    right: str
    part: Part


@dataclass(frozen=True)
class Sum:
    """A line of the equations that is a sum over units k, for unit j.

    Forward Σ_k W[j, k] v_k, with b[j] where there is a `bias`; backward Σ_k W[k, j] v_k, over all blocks together.

    Attributes:
        terms: block name → the name of v.
        weight, bias: letters of the parameters that stand for W and b; "" for no bias.
    """

    terms: Mapping[str, str]
    part: Part
    weight: str
    bias: str = ""


@dataclass(frozen=True)
class Reading:
    """Parsed equations.

    Attributes:
        lines: forward lines, then backward ones.
        sums: by name, in the order of the text.
        drives: the names of the drive's blocks.
        squashing: left side → the function that its whole right side is a call of: ``i = sigmoid(a_i)`` is "sigmoid";
            a bare name is "identity".
    """

    lines: tuple[Equation, ...]
    sums: Mapping[str, Sum]
    drives: tuple[str, ...]
    squashing: Mapping[str, str]

    def of(self, part: Part) -> dict[str, str]:
        """Left side → right side of one part's lines."""
        return {line.left: line.right for line in self.lines if line.part == part}


@lru_cache(256)
def read(text: str) -> Reading:
    """Parse the equations in `text`.

    Raises:
        ValueError: they break a rule of this module.
    """
    lines: list[Equation] = []
    sums: dict[str, Sum] = {}
    paragraphs = [part for part in text.strip().split("\n\n") if part.strip()]
    if len(paragraphs) != len(PARTS):
        raise ValueError("equations have a forward and a backward paragraph")
    for part, paragraph in zip(PARTS, paragraphs, strict=True):
        for left, right in map(_sides, paragraph.strip().splitlines()):
            tree = _parse(right)
            if any(isinstance(node, ast.MatMult) for node in ast.walk(tree)):
                sums[left] = _sum(tree, part)
            else:
                lines.append(Equation(left, right, part))
    squashing = {line.left: _squashing_function(_parse(line.right)) for line in lines if line.part == "forward"}
    return Reading(tuple(lines), sums, _drives(lines), {left: name for left, name in squashing.items() if name})


def added(expression: str) -> tuple[str, ...]:
    """The terms of a sum, in their order; an expression that is not a sum is its own only term.

    Raises:
        ValueError: it is not a Python expression.
    """
    return tuple(ast.unparse(term) for term in _terms(_parse(expression)))


def _sides(line: str) -> tuple[str, str]:
    left, equals, right = (part.strip() for part in line.partition(" = "))
    if not (left.isidentifier() and equals and right):
        raise ValueError(f"no equation: {line.strip()}")
    return left, right


def _parse(expression: str) -> ast.expr:
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError as failure:
        raise ValueError(f"no arithmetic: {expression}") from failure


def _terms(tree: ast.expr) -> Iterator[ast.expr]:
    match tree:
        case ast.BinOp(left, ast.Add(), right):
            yield from _terms(left)
            yield from _terms(right)
        case _:
            yield tree


def _sum(tree: ast.expr, part: Part) -> Sum:
    """``W.block @ v + b.block``, or ``W.block.T @ v + …`` in the backward step."""
    terms: dict[str, str] = {}
    weights: set[str] = set()
    biases: set[str] = set()
    for term in _terms(tree):
        match term:
            case ast.BinOp(ast.Attribute(ast.Name(weight), block), ast.MatMult(), ast.Name(v)) if part == "forward":
                terms[block] = v
                weights.add(weight)
            case ast.BinOp(ast.Attribute(ast.Attribute(ast.Name(weight), block), "T"), ast.MatMult(), ast.Name(v)):
                if part != "backward":
                    raise ValueError(f"no product of a forward step: {ast.unparse(term)}")
                terms[block] = v
                weights.add(weight)
            case ast.Attribute(ast.Name(bias), _) if part == "forward":
                biases.add(bias)
            case _:
                raise ValueError(f"no product with a matrix: {ast.unparse(term)}")
    if len(weights) != 1 or len(biases) > 1:
        raise ValueError(f"products of more than one matrix: {ast.unparse(tree)}")
    return Sum(terms, part, weights.pop(), biases.pop() if biases else "")


def _drives(lines: list[Equation]) -> tuple[str, ...]:
    """The names of the drive's blocks, in the order of their first use."""
    forward = [_parse(line.right) for line in lines if line.part == "forward"]
    names = [node.id for tree in forward for node in _nodes_in_order(tree) if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(name for name in names if name == "x" or name.startswith("x_")))


def _nodes_in_order(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _nodes_in_order(child)


def _squashing_function(tree: ast.expr) -> str:
    match tree:
        case ast.Call(ast.Name(function), [_]):
            return function
        case ast.Name():
            return "identity"
        case _:
            return ""
