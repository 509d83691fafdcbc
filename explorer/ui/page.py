"""The main page, in the order in which it is seen: verdict, numbers, the gradient, and what explains it.

What changes with every number stands in a slot, a fragment of its own; titles and captions stay where they are. A
changed number redraws the slots alone, which is half the work of drawing the whole page again.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.diagnosis import diagnose, gradient_flow
from explorer.experiment import Experiment
from explorer.plots import compared_gradients, gradient_figure
from explorer.plots.clipping import clipping_figure
from explorer.plots.heatmaps import gate_means_figure, gates_figure, states_figure
from explorer.plots.record import Figure
from explorer.presets import all_presets
from explorer.trace import Trace
from explorer.ui.charts import draw
from explorer.ui.controls import DRAWN, sidebar
from explorer.ui.link import NOTES, open_link
from explorer.ui.runs import shown_run, trace_of
from explorer.ui.slots import forget_slots, redraw, slot
from explorer.words import say
from explorer.words.numbers import decades, horizon, short
from explorer.words.verdicts import clipping_sentence, headline, sentence, what_next

COMPARED = ("rnn", "lstm", "gru")


def explorer_page() -> None:
    """Controls beside the picture."""
    open_link()
    forget_slots()
    sidebar()
    slot("notices", _notices)
    trace = shown_run().trace
    st.session_state[DRAWN] = trace.experiment.cell if trace else None
    if trace is None:
        return
    slot("verdict", _verdict)
    _gradients()
    _insides(trace)


def _notices() -> None:
    """What was not taken from the link, and what cannot be run: then the last picture stays."""
    notes, run = st.session_state[NOTES], shown_run()
    if notes:
        st.warning("\n".join([say("page", "not_taken"), *(f"- {note}" for note in notes)]))
    if run.errors:
        lead = say("page", "not_run" if run.trace else "not_run_first")
        st.warning("\n".join([lead, *(f"- {error.sentence}" for error in run.errors)]))


def _shown() -> Trace:
    trace = shown_run().trace
    assert trace is not None, "slots are drawn only once there is a picture"
    return trace


def _verdict() -> None:
    trace = _shown()
    findings, e, flow = diagnose(trace), trace.experiment, gradient_flow(trace)
    with st.container(key="verdict"):
        st.header(headline(findings), anchor=False)
        preset = next((preset for preset in all_presets().values() if preset.experiment == e), None)
        look = f"**{preset.title}.** {preset.look}" if preset else ""
        said = [look, *(sentence(finding) for finding in findings[1:])]
        said.append(f"**{say('page', 'what_next')}** {what_next(findings, e)}")
        st.markdown(" ".join(part for part in said if part))
    with st.container(key="numbers"):
        one, two, three, rest = st.columns([3, 3, 2, 3], vertical_alignment="center")
        one.metric(say("page", "decay"), decades(flow.decay), help=say("page", "decay_help"))
        two.metric(say("page", "horizon"), _horizon(trace), help=say("page", "horizon_help"))
        three.metric(say("page", "loss"), short(trace.loss), help=say("page", "loss_help"))
        label, hint = say("page", "compare"), say("help", "compare")
        rest.toggle(label, key="compare", help=hint, bind="query-params", on_change=redraw, args=(["gradients"],))


def _horizon(trace: Trace) -> str:
    flow = gradient_flow(trace)
    if trace.overflow_step is not None:
        return say("number", "none")
    return horizon(flow.horizon, trace.experiment.seq_len)


def _gradients() -> None:
    st.subheader(say("figure", "gradients"), anchor=False)
    slot("gradients", _gradient_chart)


def _gradient_chart() -> None:
    trace = _shown()
    if st.session_state["compare"]:
        figure = compared_gradients([trace_of(as_cell(trace.experiment, cell)) for cell in COMPARED])
    else:
        figure = gradient_figure(trace)
    draw(figure)
    st.caption(figure.caption)


def as_cell(experiment: Experiment, cell: str) -> Experiment:
    """The same experiment with another cell; what has no effect there returns to its default: one run, one key."""
    other = experiment.replace(cell=cell)
    return other.replace(**{name: Experiment.model_fields[name].default for name in other.without_effect})


def _insides(trace: Trace) -> None:
    """Two figures a row; below each other where the window is narrow."""
    makers: list[Callable[[Trace], Figure]] = [states_figure]
    if trace.gates:
        makers += [gates_figure, gate_means_figure]
    makers.append(clipping_figure)
    with st.container(key="insides"):
        for row in (makers[:2], makers[2:]):
            for place, make in zip(st.columns(2, gap="medium"), row, strict=False):
                with place:
                    _figure(make, make(trace))


def _figure(make: Callable[[Trace], Figure], now: Figure) -> None:
    st.subheader(now.title, anchor=False)
    slot(now.name, lambda: draw(make(_shown())))
    if make is clipping_figure:
        slot("clip_sentence", lambda: st.markdown(clipping_sentence(_shown())))
    st.caption(now.caption)
