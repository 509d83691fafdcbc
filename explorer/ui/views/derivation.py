"""The correct derivation, with the numbers of one step of the shown run filled in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.engine.trace import Trace
from explorer.questions.textbook import Derivation, Line, derivation
from explorer.questions.textbook.derivation import TORCH_NAMES, disagreement
from explorer.show.plots.derivation import derivation_figure
from explorer.show.words import say
from explorer.show.words.formulas import filled, summed, symbolic
from explorer.show.words.numbers import short
from explorer.ui.controls.whole_number import whole_number
from explorer.ui.parts.charts import chart

FORWARD = ("a", "h", "o", "p", "loss")


def derivation_page(trace: Trace) -> None:
    """Draw the choice of a step and an entry of W, every line of the derivation, and the sum over all steps."""
    e = trace.experiment
    for_step, for_row, for_column, _ = st.columns([1, 1, 1, 2])
    with for_step:
        step = whole_number("derived_step", 1, e.seq_len, min(2, e.seq_len))
    with for_row:
        row = whole_number("row", 1, e.hidden_size, 1)
    with for_column:
        column = whole_number("column", 1, e.hidden_size, 1)
    derived = derivation(trace, step)
    with st.container(key="derived"):
        _lines(derived)
        _sum(derived, trace, row, column)
    chart(derivation_figure(derived, row, column), heading=False)


def _lines(derived: Derivation) -> None:
    """Forward beside backward; one below the other on a narrow page."""
    for place, heading in zip(st.columns(2, gap="large"), ("forward", "backward"), strict=True):
        with place:
            st.subheader(say("derivation", heading), anchor=False)
            lines = [line for line in derived.lines if (line.code in FORWARD) == (heading == "forward")]
            st.markdown(_text(lines, derived))
    st.caption(say("derivation", "shape"))


def _text(lines: Sequence[Line], derived: Derivation) -> str:
    """The lines as Markdown with inline formulas: a browser breaks a long one at its equals and plus signs."""
    last = derived.step == derived.steps
    words = {line.code: "delta_last" if line.code == "delta" and last else line.code for line in lines}
    return "\n\n".join(
        f"{say('derivation_line', words[line.code])}\\\n{_inline(symbolic(line))}\\\n{_inline('= ' + filled(line))}"
        for line in lines
    )


def _sum(derived: Derivation, trace: Trace, row: int, column: int) -> None:
    st.subheader(say("derivation", "sum"), anchor=False)
    st.markdown(_inline(summed(derived)))
    ours, engine = (
        derived.gradients["W"][row - 1, column - 1],
        trace.weight_grads[TORCH_NAMES["W"]][row - 1, column - 1],
    )
    numbers = {"ours": _all_digits(ours), "engine": _all_digits(engine)}
    sentence = say("derivation", "entry", row=row, column=column, steps=derived.steps, **numbers)
    st.markdown(f"{sentence} {say('derivation', 'agrees', difference=short(disagreement(derived, trace)))}")


def _all_digits(value: float) -> str:
    return f"{value:.13g}".replace("-", "−")


def _inline(latex: str) -> str:
    return rf"$\displaystyle {latex}$"
