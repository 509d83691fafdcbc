"""The parsed equations of the cells, and how they are written."""

import string

import pytest

from explorer.base.arithmetic import evaluate
from explorer.model.cells import CELLS, make_cell
from explorer.model.cells.activations import ACTIVATIONS
from explorer.model.cells.reading import Equation
from explorer.show.words.equations import filled, symbolic

MADE = [
    *[pytest.param(make_cell("rnn", activation=a), id=f"rnn-{a}") for a in ACTIVATIONS],
    *[pytest.param(make_cell(name), id=name) for name in CELLS if name != "rnn"],
]


def lines(cell, **choices):
    return {e.left: e for e in make_cell(cell, **choices).reading.lines}


@pytest.mark.parametrize(
    ("cell", "left", "symbols", "template"),
    [
        ("lstm", "c", "cₜ = f · cₜ₋₁ + i · g", "{f} · {c_before} + {i} · {g}"),
        ("lstm", "h", "hₜ = o · tanh(cₜ)", "{o} · tanh({c})"),
        ("lstm", "i", "i = σ(aᵢ)", "σ({a_i})"),
        ("lstm", "a_f", "a_f = x_f + u_f", "{x_f} + {u_f}"),
        (
            "lstm",
            "dc",
            "dc = dcₜ₊₁→ₜ + dh · o · (1 − tanh²(cₜ))",
            "{dc_next} + {dh} · {o} · (1 − tanh²({c}))",
        ),
        ("lstm", "delta_i", "δᵢ = dc · g · i(1 − i)", "{dc} · {g} · {i}(1 − {i})"),
        ("lstm", "delta_g", "δ_g = dc · i · (1 − g²)", "{dc} · {i} · (1 − {g}²)"),
        ("lstm", "dc_before", "dcₜ→ₜ₋₁ = dc · f", "{dc} · {f}"),
        ("gru", "h", "hₜ = (1 − z) · n + z · hₜ₋₁", "(1 − {z}) · {n} + {z} · {h_before}"),
        ("gru", "dh_before", "dhₜ→ₜ₋₁ = dh · z + Wᵀδ", "{dh} · {z} + {w_delta}"),
        (
            "gru_reset_before",
            "delta_z",
            "δ_z = dh · (hₜ₋₁ − n) · z(1 − z)",
            "{dh} · ({h_before} − {n}) · {z}(1 − {z})",
        ),
        ("higher_order", "a", "a = x + u₁ + u₂", "{x} + {u_1} + {u_2}"),
        ("higher_order", "dh_before", "dhₜ→ₜ₋₁ = W₁ᵀδ + dp", "{w1_delta} + {dp}"),
        ("lstm_peephole", "a_o", "aₒ = xₒ + uₒ + pₒ · cₜ", "{x_o} + {u_o} + {p_o} · {c}"),
        ("lru", "r", "r = exp(−exp(ν))", "exp(−exp({nu}))"),
        (
            "lru",
            "h",
            "hₜ = λᵣₑ · hₜ₋₁ − λᵢₘ · vₜ₋₁ + xₕ",
            "{lambda_re} · {h_before} − {lambda_im} · {v_before} + {x_h}",
        ),
        ("rnn", "delta", "δ = dh · (1 − hₜ²)", "{dh} · (1 − {h}²)"),
        ("rnn", "dh", "dh = dhₜ₊₁→ₜ + dh↓", "{dh_next} + {loss_h}"),
    ],
)
def test_lines_as_a_paper_has_them(cell, left, symbols, template):
    equation = lines(cell)[left]
    assert symbolic(equation) == symbols
    assert filled(equation) == template


@pytest.mark.parametrize(
    ("activation", "forward", "backward"),
    [
        ("tanh", "hₜ = tanh(a)", "δ = dh · (1 − hₜ²)"),
        ("relu", "hₜ = relu(a)", "δ = dh · [a > 0]"),
        ("sigmoid", "hₜ = σ(a)", "δ = dh · hₜ(1 − hₜ)"),
        ("identity", "hₜ = a", "δ = dh"),
    ],
)
def test_an_rnn_has_the_lines_of_its_activation(activation, forward, backward):
    made = lines("rnn", activation=activation)
    assert (symbolic(made["h"]), symbolic(made["delta"])) == (forward, backward)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("a - (b - c)", "{a} − ({b} − {c})"),
        ("a - (b + c)", "{a} − ({b} + {c})"),
        ("a - b - c", "{a} − {b} − {c}"),
        ("(a + b) * c", "({a} + {b}) · {c}"),
        ("a + b * c", "{a} + {b} · {c}"),
        ("(a * b)**2", "({a} · {b})²"),
        ("a * b**2", "{a} · {b}²"),
        ("-(a + b) * c", "(−({a} + {b})) · {c}"),
        ("a + -b", "{a} + (−{b})"),
        ("a * (1 - b)", "{a} · (1 − {b})"),
        ("a * (1 - a)", "{a}(1 − {a})"),
        ("2 * (a > b + 0.5)", "2 · [{a} > {b} + 0.5]"),
        ("tanh((a + b) * c)**2", "tanh²(({a} + {b}) · {c})"),
    ],
)
def test_brackets_stand_where_they_are_needed(expression, text):
    assert filled(Equation("x", expression, "forward")) == text


@pytest.mark.parametrize("expression", ("a / b", "a if b else c", "a < b", "a**b", "f(a, b)", "a.b", "a[0]"))
def test_what_is_no_arithmetic_of_ours_is_refused(expression):
    with pytest.raises(ValueError, match="no arithmetic"):
        filled(Equation("x", expression, "forward"))


def test_values_of_expressions():
    values = {"a": 2.0, "b": 3.0}
    assert evaluate("-(a - b) * a**2 + (b > a)", values.__getitem__) == 5.0
    with pytest.raises(ValueError, match="no arithmetic"):
        evaluate("a if b else a", values.__getitem__)


@pytest.mark.parametrize("cell", MADE)
def test_every_line_can_be_read_and_filled(cell):
    for equation in cell.reading.lines:
        text, template = symbolic(equation), filled(equation)
        assert not [ascii for ascii in ("*", "delta", "before", "next", "sigmoid", "loss", "-") if ascii in text]
        places = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        assert "{" not in template.format(**dict.fromkeys(places, "0.5"))


@pytest.mark.parametrize("cell", MADE)
def test_every_name_comes_from_somewhere(cell):
    """Each line uses only earlier lines, known names, or sums over earlier lines."""
    read = cell.reading
    known = {"loss_h", *read.drives, *cell.diagonals()}
    known |= {name.format(s) for s in cell.states for name in ("{}_before", "d{}_next")}
    for equation in read.lines:
        for name, s in read.sums.items():
            known |= {name} if known.issuperset(s.terms.values()) else set()
            assert set(s.terms) <= set(cell.blocks)
        needed = {name for _, name, _, _ in string.Formatter().parse(filled(equation)) if name}
        assert needed <= known, equation
        assert equation.left not in known
        known.add(equation.left)
    assert len(read.drives) == len(cell.blocks)
    for state in cell.carried:
        assert {state, f"d{state}", f"d{state}_before"} <= known
