"""The parts below the figures: the trial of clipping, samples of the prediction, and the way into one iteration."""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.model.tasks.contract import Answers, Curves
from explorer.questions.clipping_trial import what_if
from explorer.questions.samples import Writing, sample
from explorer.questions.training import History
from explorer.questions.training.jumps import biggest_jump, usual_before
from explorer.show.plots.samples import as_svg, sample_figure
from explorer.show.plots.training_lanes import looks
from explorer.show.words import say
from explorer.show.words.numbers import short
from explorer.show.words.trials import brief, sentences, suggestion_sentence
from explorer.ui.link.settings import VIEW, set_control, take
from explorer.ui.link.training import MOST_ITERATIONS, THRESHOLDS, TRAINED, WHAT_IF, Trained, spelled
from explorer.ui.state.page import held
from explorer.ui.trainings.session import at_work
from explorer.ui.trainings.tried import tried_of
from explorer.ui.trainings.watched import Watched
from explorer.ui.views.training.board import last_iteration, trial_of
from explorer.ui.views.training.buttons import CHOSEN

LANE = "open_lane"


def below(watched: Watched) -> None:
    """Draw all three for the record so far; nothing before the first iteration."""
    history = watched.history()
    if not history.iterations:
        return
    suggested = _trial(watched, history)
    left, right = st.columns(2, gap="large")
    with left:
        _network_choice(watched, history)
    with right:
        _samples(watched, history)
    with suggested:  # last, as a twin may take some seconds
        _suggestion(watched, history)


def _trial(watched: Watched, history: History) -> DeltaGenerator:
    """The trial of the clipped or only lane; beside it, what another threshold would do to the same norms.

    Returns:
        the place of the suggestion.
    """
    trial = trial_of(history, 0)
    st.subheader(say("trial", "title"), anchor=False)
    now, other = st.columns(2, gap="large")
    with now:
        _verdict_text(sentences(trial, watched.plan.optimiser))
        suggested = st.container()
    with other:
        threshold = st.select_slider(
            say("training", "what_if"),
            THRESHOLDS,
            value=1.0,
            format_func=lambda value: f"{value:.10g}",
            help=say("training", "what_if_help"),
            **held(WHAT_IF),
        )
        norms = history.norm_before[: last_iteration(history, 0), 0]
        _verdict_text([*brief(what_if(norms, threshold)), say("trial", "as_if")])
        _threshold_button(threshold, "take_what_if")
    return suggested


def _verdict_text(lines: list[str]) -> None:
    verdict, *others = lines
    st.markdown(f"**{verdict}** {' '.join(others)}")


def _suggestion(watched: Watched, history: History) -> None:
    """The suggested threshold, once a twin has tried it, and a button if it held; or why there is none."""
    trial = trial_of(history, 0)
    threshold, tried = trial.suggestion.threshold, None
    if threshold is not None and watched.running:  # it changes with every iteration
        st.markdown(say("trial", "at_rest"))
        return
    if threshold is not None:
        tried = tried_of(history, threshold)
    st.markdown(suggestion_sentence(trial, tried))
    if threshold is not None and tried is not None and tried.verdict == "held":
        _threshold_button(threshold, "take_suggested")


def _threshold_button(threshold: float, key: str) -> None:
    label = say("training", "take_threshold", threshold=short(threshold))
    st.button(label, key=key, on_click=_take_threshold, args=(threshold,), disabled=at_work())


def _take_threshold(threshold: float) -> None:
    """Set the threshold for the next training; the shown one keeps its own."""
    set_control("clip_threshold", threshold)
    if st.session_state["clip"] == "none":
        set_control("clip", "norm")
    st.rerun()


def _network_choice(watched: Watched, history: History) -> None:
    """Draw the choice of an iteration and a lane, and the button that opens the network in the explorer."""
    st.subheader(say("training", "open_title"), anchor=False)
    names = [look.label for look in looks(history.experiments)]
    lane = 0
    if len(names) > 1:
        lane = st.radio(
            say("training", "open_lane"),
            range(len(names)),
            format_func=names.__getitem__,
            key=LANE,
            horizontal=True,
            help=say("training", "lane_help"),
            persist_state="session",
        )
    last, jump = last_iteration(history, lane), biggest_jump(history, lane)
    offered = watched.chosen or jump
    # Only the user sets its value: one set here could be overwritten by the browser's older one.
    typed = st.number_input(
        say("training", "open_iteration"),
        min_value=1,
        max_value=MOST_ITERATIONS,
        value=None,
        step=1,
        key=CHOSEN,
        placeholder=f"{offered:,}",
        help=say("training", "iteration_help"),
        persist_state="session",
    )
    iteration = min(int(typed or offered), last)
    st.button(
        say("training", "open", iteration=f"{iteration:,}"),
        key="open_network",
        on_click=_open,
        args=(watched, iteration, lane),
        help=say("training", "open_help"),
        disabled=at_work(),
    )
    if jump > 1:
        norms = history.norm_before[:jump, lane]
        before, after = short(float(usual_before(norms)[-1])), short(float(norms[-1]))
        st.caption(say("training", "jump", iteration=f"{jump:,}", before=before, after=after))


def _open(watched: Watched, iteration: int, lane: int) -> None:
    """Set the controls to the training's experiment, which may differ from theirs, and open the explorer."""
    state = st.session_state
    take(watched.experiment)
    state[TRAINED] = spelled(Trained(watched.plan, watched.compared, iteration, lane))
    state[VIEW] = "explorer"
    st.rerun()


def _samples(watched: Watched, history: History) -> None:
    st.subheader(say("training", "sample_title"), anchor=False)
    for lane, (e, look) in enumerate(zip(history.experiments, looks(history.experiments), strict=True)):
        if look.label:
            st.caption(look.label)
        example = sample(e, history.weights_at(history.iterations + 1, lane))
        if isinstance(example, Curves):
            figure = sample_figure(example, e.cell)
            st.image(as_svg(figure), width="stretch")
            if lane == len(history.experiments) - 1:
                st.caption(figure.caption)
        elif isinstance(example, Answers):
            st.html(_answers(example))
        elif isinstance(example, Writing):
            st.code(f"{example.read}▸{example.written}", language=None, wrap_lines=True)


def _answers(answers: Answers) -> str:
    """An HTML table: expected answers above, given ones below; errors are underlined."""
    rows = [
        f"<tr><th>{escape(say('training', name))}</th>"
        + "".join(
            f"<td>{_marked(text, wanted, answers.kind)}</td>" for text, wanted in zip(texts, answers.asked, strict=True)
        )
        + "</tr>"
        for name, texts in (("asked", answers.asked), ("said", answers.said))
    ]
    return f'<table class="answers">{"".join(rows)}</table>'


def _marked(text: str, wanted: str, kind: str) -> str:
    if kind == "numbers":
        return escape(text)
    if kind == "orders":
        return escape(text) if text == wanted else f"<u>{escape(text)}</u>"
    return "".join(escape(a) if a == b else f"<u>{escape(a)}</u>" for a, b in zip(text, wanted, strict=True))
