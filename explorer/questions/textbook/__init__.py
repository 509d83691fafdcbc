"""Formulas of teaching texts, run as written beside the truth; and one correct derivation, with its numbers.

The wrong engines are here and nowhere else: only `explorer.show` and the folders above it may import from this package,
as tests/project/test_floors.py ensures. A new formula is one file here and its name in the two lists below.
"""

from __future__ import annotations

from explorer.questions.textbook import (
    m01_forgot_yesterday,
    m02_double_sigmoid,
    m03_lost_transpose,
    m04_slope_of_the_state,
    m05_which_way_z_points,
    m06_tanh_protects,
    m07_memory_of_order_n,
    m08_gates_as_inputs,
    m09_sum_over_all_steps,
    m10_chain_rule_prevents,
    m11_loss_that_touches_nothing,
)
from explorer.questions.textbook.contract import Comparison, Formula
from explorer.questions.textbook.derivation import Derivation, Line, derivation

__all__ = ["FORMULAS", "NAMES", "RIGHT", "Comparison", "Derivation", "Formula", "Line", "derivation"]

_MODULES = {
    module.FORMULA.code: module
    for module in (
        m01_forgot_yesterday,
        m02_double_sigmoid,
        m03_lost_transpose,
        m04_slope_of_the_state,
        m05_which_way_z_points,
        m06_tanh_protects,
        m07_memory_of_order_n,
        m08_gates_as_inputs,
        m09_sum_over_all_steps,
        m10_chain_rule_prevents,
        m11_loss_that_touches_nothing,
    )
}

FORMULAS: dict[str, Formula] = {code: module.FORMULA for code, module in _MODULES.items()}

RIGHT = "t3"  # the one correct derivation
NAMES: dict[str, str] = {
    code: module.__name__.rpartition(".")[2].replace("_", " ") for code, module in _MODULES.items()
}
NAMES[RIGHT] = "t3 right derivation"
"""Code → its name in menus and links: the code, and the name of its file in words."""
