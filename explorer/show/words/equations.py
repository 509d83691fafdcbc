"""A cell's equations in mathematical notation: ``delta_i = dc * g * i * (1 - i)`` as "δᵢ = dc · g · i(1 − i)"."""

from __future__ import annotations

import ast
from collections.abc import Callable

from explorer.model.cells.reading import Equation

SYMBOLS = {
    "loss_h": "dh↓",  # the gradient from the loss or the layer above
    "w_delta": "Wᵀδ",
    "w1_delta": "W₁ᵀδ",
    "w2_delta": "W₂ᵀδ",
    "h": "hₜ",
    "c": "cₜ",
    "p": "pₜ",
    "v": "vₜ",
}
TIMES = {"before": "ₜ₋₁"}
ROADS = {"next": "ₜ₊₁→ₜ", "before": "ₜ→ₜ₋₁"}  # a derivative on its way from one step to the step before
LETTERS = {"delta": "δ", "nu": "ν", "theta": "θ", "lambda": "λ"}
SUBSCRIPTS = str.maketrans("12aehijklmnoprstuvx", "₁₂ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")  # all letters that Unicode has as subscripts
FUNCTIONS = {"sigmoid": "σ"}
SUM, PRODUCT, POWER, ATOM = range(4)  # how strongly an expression binds
Naming = Callable[[str], str]


def symbolic(equation: Equation) -> str:
    """The equation as a paper writes it: "cₜ = f · cₜ₋₁ + i · g"."""
    return f"{symbol(equation.left)} = {_text(equation.right, symbol)}"


def filled(equation: Equation) -> str:
    """The right side as a template for `str.format`: "{f} · {c_before} + {i} · {g}".

    Each placeholder replaces a name, so a negative number has to bring its own parentheses.
    """
    return _text(equation.right, lambda name: f"{{{name}}}")


def symbol(name: str) -> str:
    """A name as a paper writes it: "δᵢ", "cₜ₋₁"; "δ_f" where Unicode has no such subscript."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    base, _, mark = name.partition("_")
    if not mark:
        return LETTERS.get(base, base)
    if (places := ROADS if base.startswith("d") else TIMES) and mark in places:
        return base + places[mark]
    subscript = mark.translate(SUBSCRIPTS)
    return LETTERS.get(base, base) + (subscript if subscript != mark else f"_{mark}")


def _text(expression: str, naming: Naming) -> str:
    return _text_and_strength(ast.parse(expression, mode="eval").body, naming)[0]


def _text_and_strength(node: ast.expr, naming: Naming) -> tuple[str, int]:
    """The text of an expression, and how strongly it binds."""

    def inside(part: ast.expr, least: int) -> str:
        text, strength = _text_and_strength(part, naming)
        return text if strength >= least else f"({text})"

    match node:
        case ast.Name(name):
            return naming(name), ATOM
        case ast.Constant(int() | float() as number):
            return str(number), ATOM
        case ast.UnaryOp(ast.USub(), operand):
            return f"−{inside(operand, PRODUCT)}", SUM
        case ast.Compare(left, [ast.Gt()], [right]):
            return f"[{inside(left, SUM)} > {inside(right, SUM)}]", ATOM
        case ast.Call(ast.Name(function), [argument]):
            return f"{FUNCTIONS.get(function, function)}({inside(argument, SUM)})", ATOM
        case ast.Call(ast.Name("ratio"), [above, below]):
            return f"{inside(above, PRODUCT)} / {inside(below, POWER)}", PRODUCT
        case ast.Call(ast.Name("max"), [first, second]):
            return f"max({inside(first, SUM)}, {inside(second, SUM)})", ATOM
        case ast.BinOp(ast.Call(ast.Name(function), [argument]), ast.Pow(), ast.Constant(2)):
            return f"{FUNCTIONS.get(function, function)}²({inside(argument, SUM)})", ATOM
        case ast.BinOp(base, ast.Pow(), ast.Constant(2)):
            return f"{inside(base, ATOM)}²", POWER
        case ast.BinOp(left, ast.Add(), right):
            return f"{inside(left, SUM)} + {inside(right, PRODUCT)}", SUM
        case ast.BinOp(left, ast.Sub(), right):
            return f"{inside(left, SUM)} − {inside(right, PRODUCT)}", SUM
        case ast.BinOp(left, ast.Mult(), right):
            dot = "" if _is_slope(left, right) else " · "
            return f"{inside(left, PRODUCT)}{dot}{inside(right, PRODUCT)}", PRODUCT
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")


def _is_slope(left: ast.expr, right: ast.expr) -> bool:
    """Whether the product ends in x * (1 - x), a sigmoid's slope, which is written without a dot."""
    last = left.right if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult) else left
    return isinstance(last, ast.Name) and ast.unparse(right) == f"1 - {last.id}"
