"""The main page, in the order in which it is seen: verdict, numbers, the gradient, and what explains it."""

from __future__ import annotations

import streamlit as st

from explorer.diagnosis import diagnose, gradient_flow
from explorer.errors import ExplorerError
from explorer.experiment import Experiment
from explorer.plots import compared_gradients, gradient_figure
from explorer.plots.clipping import clipping_figure
from explorer.plots.heatmaps import gate_means_figure, gates_figure, states_figure
from explorer.plots.record import Figure
from explorer.presets import all_presets
from explorer.trace import Trace
from explorer.ui.charts import draw
from explorer.ui.controls import sidebar
from explorer.ui.link import NOTES, open_link
from explorer.ui.runs import trace_of
from explorer.words import say
from explorer.words.numbers import decades, horizon, short
from explorer.words.verdicts import clipping_sentence, headline, sentence, what_next

LAST = "last experiment that ran"
COMPARED = ("rnn", "lstm", "gru")


def explorer_page() -> None:
    """Controls, run, picture. What cannot be run is said, and the last picture stays."""
    open_link()
    values = sidebar()
    notes = st.session_state[NOTES]
    if notes:
        st.warning("\n".join([say("page", "not_taken"), *(f"- {note}" for note in notes)]))
    trace = _run(values)
    if trace is None:
        return
    _verdict(trace)
    _gradients(trace)
    _insides(trace)


def _run(values: dict[str, object]) -> Trace | None:
    try:
        trace = trace_of(Experiment(**values))
        st.session_state[LAST] = trace.experiment
        return trace
    except ExplorerError as error:
        last = st.session_state.get(LAST)
        lead = say("page", "not_run" if last else "not_run_first")
        st.warning("\n".join([lead, *(f"- {e.sentence}" for e in error.errors)]))
        return trace_of(last) if last else None


def _verdict(trace: Trace) -> None:
    findings, e, flow = diagnose(trace), trace.experiment, gradient_flow(trace)
    with st.container(key="verdict"):
        st.header(headline(findings), anchor=False)
        look = next((preset.look for preset in all_presets().values() if preset.experiment == e), "")
        said = [look, *(sentence(finding) for finding in findings[1:])]
        said.append(f"**{say('page', 'what_next')}** {what_next(findings, e)}")
        st.markdown(" ".join(part for part in said if part))
    with st.container(key="numbers"):
        one, two, three, rest = st.columns([3, 3, 2, 3], vertical_alignment="center")
        one.metric(say("page", "decay"), decades(flow.decay), help=say("page", "decay_help"))
        two.metric(say("page", "horizon"), _horizon(trace), help=say("page", "horizon_help"))
        three.metric(say("page", "loss"), short(trace.loss), help=say("page", "loss_help"))
        rest.toggle(say("page", "compare"), key="compare", help=say("help", "compare"), bind="query-params")


def _horizon(trace: Trace) -> str:
    flow = gradient_flow(trace)
    if trace.overflow_step is not None:
        return say("number", "none")
    return horizon(flow.horizon, trace.experiment.seq_len)


def _gradients(trace: Trace) -> None:
    if st.session_state["compare"]:
        traces = [trace_of(as_cell(trace.experiment, cell)) for cell in COMPARED]
        _figure(compared_gradients(traces))
    else:
        _figure(gradient_figure(trace))


def as_cell(experiment: Experiment, cell: str) -> Experiment:
    """The same experiment with another cell; what has no effect there returns to its default: one run, one key."""
    other = experiment.replace(cell=cell)
    return other.replace(**{name: Experiment.model_fields[name].default for name in other.without_effect})


def _insides(trace: Trace) -> None:
    """Two figures a row; below each other where the window is narrow."""
    figures = [states_figure(trace)]
    if trace.gates:
        figures += [gates_figure(trace), gate_means_figure(trace)]
    shown = [*((figure, "") for figure in figures), (clipping_figure(trace), clipping_sentence(trace))]
    with st.container(key="insides"):
        for row in (shown[:2], shown[2:]):
            for place, (figure, lead) in zip(st.columns(2, gap="medium"), row, strict=False):
                with place:
                    _figure(figure, lead)


def _figure(figure: Figure, lead: str = "") -> None:
    st.subheader(figure.title, anchor=False)
    draw(figure)
    st.caption(f"{lead} {figure.caption}".strip())
