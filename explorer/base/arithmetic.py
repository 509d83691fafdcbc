"""Evaluates expressions such as ``"dh * o * (1 - tanh(c)**2)"`` by walking the syntax tree; no code is executed."""

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
BINARY_FUNCTIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"max": np.maximum, "ratio": np.divide}


def evaluate(expression: str, value_of: Callable[[str], np.ndarray]) -> np.ndarray:
    """The value of `expression`, with NumPy's broadcasting; a comparison is 0.0 or 1.0.

    Args:
        value_of: name in the expression → its array.

    Raises:
        SyntaxError: it is not a Python expression.
        KeyError: an operator or a function is not in the tables above.
        ValueError: any other part is not arithmetic, such as an attribute or an index.
    """
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
        case ast.Call(ast.Name(function), [first, second]) if function in BINARY_FUNCTIONS:
            return BINARY_FUNCTIONS[function](_value(first, value_of), _value(second, value_of))
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")


def names_in(expression: str) -> set[str]:
    """The names in `expression` that `evaluate` would look up, without those of functions.

    Raises:
        ValueError: it is not a Python expression.
    """
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as failure:
        raise ValueError("no expression") from failure
    return (
        {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - FUNCTIONS.keys() - BINARY_FUNCTIONS.keys()
    )


def is_comparison(expression: str) -> bool:
    """Whether `expression`, valid Python, is one comparison, as ``"-20 > decay"`` is."""
    return isinstance(ast.parse(expression, mode="eval").body, ast.Compare)
