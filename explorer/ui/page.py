"""The main page, in the order in which it is seen: verdict, numbers, the gradient, and what explains it."""

from __future__ import annotations

import streamlit as st

from explorer.diagnosis import diagnose, gradient_flow
from explorer.experiment import Experiment
from explorer.plots import compared_gradients, figures_of, gradient_figure
from explorer.plots.record import Figure
from explorer.presets import all_presets
from explorer.trace import Trace
from explorer.ui.charts import draw
from explorer.ui.controls import COMPARE, sidebar
from explorer.ui.link import NOTES, open_link
from explorer.ui.runs import ShownRun, shown_run, trace_of
from explorer.ui.verdict_block import verdict_block
from explorer.words import say
from explorer.words.numbers import decades, horizon, short
from explorer.words.verdicts import clipping_sentence, headline, sentence, what_next

COMPARED = ("rnn", "lstm", "gru")


def explorer_page() -> None:
    """Controls beside the picture. What cannot be run is said, and the last picture stays."""
    open_link()
    run = shown_run(sidebar())
    _notices(run)
    if run.trace is not None:
        _verdict(run.trace)
        _gradients(run.trace)
        _insides(run.trace)


def _notices(run: ShownRun) -> None:
    """What was not taken from the link, and what cannot be run."""
    notes = st.session_state[NOTES]
    if notes:
        st.warning("\n".join([say("page", "not_taken"), *(f"- {note}" for note in notes)]))
    if run.errors:
        lead = say("page", "not_run" if run.trace else "not_run_first")
        st.warning("\n".join([lead, *(f"- {error.sentence}" for error in run.errors)]))


def _verdict(trace: Trace) -> None:
    """The verdict and three numbers, as one element: it costs each redraw less than seven of Streamlit's own."""
    findings, e, flow = diagnose(trace), trace.experiment, gradient_flow(trace)
    preset = next((preset for preset in all_presets().values() if preset.experiment == e), None)
    remarks = [(preset.title, preset.look)] if preset else []
    remarks += [("", sentence(finding)) for finding in findings[1:]]
    remarks.append((say("page", "what_next"), what_next(findings, e)))
    steps_back = say("number", "none") if trace.overflow_step else horizon(flow.horizon, e.seq_len)
    values = {"decay": decades(flow.decay), "horizon": steps_back, "loss": short(trace.loss)}
    numbers = [(say("page", name), value, say("page", f"{name}_help")) for name, value in values.items()]
    st.html(verdict_block(headline(findings), remarks, numbers))


def _gradients(trace: Trace) -> None:
    if st.session_state[COMPARE]:
        _figure(compared_gradients([trace_of(as_cell(trace.experiment, cell)) for cell in COMPARED]))
    else:
        _figure(gradient_figure(trace))


def as_cell(experiment: Experiment, cell: str) -> Experiment:
    """The same experiment with another cell; what has no effect there returns to its default: one run, one key."""
    other = experiment.replace(cell=cell)
    return other.replace(**{name: Experiment.model_fields[name].default for name in other.without_effect})


def _insides(trace: Trace) -> None:
    """Two figures a row; below each other where the window is narrow. Clipping, the last, says what it did."""
    *figures, clipping = figures_of(trace)
    shown = [*((figure, "") for figure in figures), (clipping, clipping_sentence(trace))]
    with st.container(key="insides"):
        for row in (shown[:2], shown[2:]):
            for place, (figure, lead) in zip(st.columns(2, gap="medium"), row, strict=False):
                with place:
                    _figure(figure, lead)


def _figure(figure: Figure, lead: str = "") -> None:
    st.subheader(figure.title, anchor=False)
    draw(figure)
    st.caption(f"{lead} {figure.caption}".strip())
