"""The value of an expression such as ``"dh * o * (1 - tanh(c)**2)"``, by walking its tree; nothing is executed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

import numpy as np

OPERATORS: dict[type[ast.operator], Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "exp": np.exp,
    "cos": np.cos,
    "sin": np.sin,
    "relu": lambda a: np.where(a < 0, 0.0, a),  # keeps NaN
    "sigmoid": lambda a: 1.0 / (1.0 + np.exp(-a)),
    "log": np.log,
}
OF_TWO: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"max": np.maximum, "ratio": np.divide}


def evaluate(expression: str, value_of: Callable[[str], np.ndarray]) -> np.ndarray:
    """Names stand for `value_of(name)`, a comparison for 0.0 or 1.0."""
    return _value(ast.parse(expression, mode="eval").body, value_of)


def _value(node: ast.expr, value_of: Callable[[str], np.ndarray]) -> np.ndarray:
    match node:
        case ast.Name(name):
            return value_of(name)
        case ast.Constant(int() | float() as number):
            return np.asarray(float(number))
        case ast.BinOp(left, symbol, right):
            return OPERATORS[type(symbol)](_value(left, value_of), _value(right, value_of))
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, value_of)
        case ast.Compare(left, [ast.Gt() | ast.Lt() as symbol], [right]):
            compare = operator.gt if isinstance(symbol, ast.Gt) else operator.lt
            return np.where(compare(_value(left, value_of), _value(right, value_of)), 1.0, 0.0)
        case ast.Call(ast.Name(function), [argument]):
            return FUNCTIONS[function](_value(argument, value_of))
        case ast.Call(ast.Name(function), [first, second]) if function in OF_TWO:
            return OF_TWO[function](_value(first, value_of), _value(second, value_of))
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")


def names_in(expression: str) -> set[str]:
    """The names that `evaluate` would ask for, functions left out.

    Raises:
        ValueError: it is no expression.
    """
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as failure:
        raise ValueError("no expression") from failure
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - FUNCTIONS.keys() - OF_TWO.keys()
