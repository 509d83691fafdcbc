"""The view "cliff": why clipping helps, on a loss landscape of two parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import Parameter, table
from explorer.engine.trace import Trace
from explorer.questions.cliff.contract import Coordinate
from explorer.questions.cliff.descent import Descents, descend
from explorer.questions.cliff.settings import STARTS, WINDOWS, CliffSettings
from explorer.questions.cliff.survey import Survey, survey
from explorer.questions.cliff.verdict import look
from explorer.show.plots.cliff import cliff_surface
from explorer.show.plots.surface import Surface
from explorer.show.words import choice_label, say
from explorer.show.words.cliff import sight_sentence
from explorer.ui.deck.blocks import LECTURE_SCALE
from explorer.ui.parts.plain import plain
from explorer.ui.state.page import held
from explorer.ui.work.watching import in_pieces

ROWS = table(CliffSettings)
PACE = ("cliff_rate", "cliff_threshold", "cliff_steps")
WEIGHTS = ("cliff_first", "cliff_second")
MAP = "cliff_map"
SHOWN = "cliff that was shown last"
CONFIG = {"displaylogo": False, "displayModeBar": False}
CSS = """
<style>
.st-key-cliff_said { min-height: 4.6rem; }
@media (max-width: 1150px) {
  .st-key-cliff_said { min-height: 6.2rem; }
  .st-key-cliff_pictures [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-cliff_pictures [data-testid="stColumn"] { min-width: 100%; }
}
</style>
"""


def picture(trace: Trace) -> None:
    """Draw the choice of landscape and start, a sentence about the two descents, and their figures."""
    st.html(CSS)
    figures = _compute(trace)
    if figures is not None:
        _pictures(figures)


def presented(trace: Trace, figure: str) -> None:
    """Draw the map alone, for a lecture hall; the scene sets the choices."""
    from explorer.show.plots.enlarged import enlarged  # imported late: the main page needs no plotly

    with st.container(key="unseen_choices"):
        figures = _compute(trace)
    if figures is not None:
        alternative = figures.surface.alternative
        st.plotly_chart(enlarged(figures.flat, LECTURE_SCALE), theme=None, key=MAP, config=CONFIG, alt=alternative)


def _compute(trace: Trace) -> _Figures | None:
    """The surface and both paths; None while they are computed, or if there is no such landscape."""
    settings = _controls(trace)
    try:
        landscape = settings.landscape(trace.experiment)
    except ExplorerError as error:
        st.info("\n".join(f"- {plain(e.sentence)}" for e in error.errors))
        return None
    own = trace.experiment if settings.cliff_on != "one_unit" else None
    plane = (settings.cliff_on, own, *(getattr(settings, name) for name in WEIGHTS))
    start = settings.start(trace.experiment)
    pace = [getattr(settings, name) for name in PACE]
    surveyed = in_pieces(
        ("survey", *plane), lambda: survey(landscape, settings.size), say("cliff_page", "surveying"), _last
    )
    if surveyed is None:
        return None
    descents = in_pieces(
        ("descents", *plane, start, *pace),
        lambda: descend(landscape, start, *pace),
        say("cliff_page", "descending"),
        _last,
    )
    if descents is None:
        return None
    with st.container(key="cliff_said"):
        st.markdown(f"**{sight_sentence(look(descents, surveyed.coordinates), descents)}**")
    return _new_figures(settings.cliff_on, surveyed, descents)


@dataclass(frozen=True, eq=False)
class _Figures:
    """The figures that were shown last, and the name of their landscape."""

    landscape: str
    surface: Surface
    flat: Any
    space: Any


def _new_figures(landscape: str, surveyed: Survey, descents: Descents) -> _Figures:
    """The figures of these paths, kept in the session to be shown again while the next ones are computed."""
    from explorer.show.plots.surface_map import render_map  # imported late: the main page needs no plotly
    from explorer.show.plots.surface_space import render_space

    surface, theme = cliff_surface(surveyed, descents), st.context.theme.type or "light"
    figures = _Figures(landscape, surface, render_map(surface, theme), render_space(surface, theme))
    st.session_state[SHOWN] = figures
    return figures


def _controls(trace: Trace) -> CliffSettings:
    """Draw the controls of landscape, pace and start, and a caption about the landscape."""
    row = ROWS["cliff_on"]
    st.segmented_control(
        say("cliff_page", "landscape"),
        row.choices,
        default=row.default,
        format_func=choice_label,
        required=True,
        help=say("cliff_help", row.name),
        **held(row.name),
    )
    key = st.session_state[row.name]
    about = [say("cliff_about", key)] if key == "one_unit" else [say("cliff_about", key), say("cliff_about", "plane")]
    st.caption(" ".join(about))
    with st.container(horizontal=True, gap="medium"):
        values = {name: _stops(ROWS[name]) for name in PACE}
        for name, coordinate in zip(STARTS[key], WINDOWS[key], strict=True):
            values[name] = _number(ROWS[name], coordinate, trace.experiment.gain)
        if key == "two_weights":
            values |= {name: _text(ROWS[name]) for name in WEIGHTS}
    return CliffSettings(cliff_on=key, **values)


def _stops(row: Parameter) -> Any:
    """A slider over the stops, and over a value between them that a link has set."""
    kind = int if row.kind == "integer" else float
    options = sorted({kind(stop) for stop in row.stops} | {kind(st.session_state[row.name])})
    word = row.name.removeprefix("cliff_")
    return st.select_slider(
        say("cliff_page", word),
        options,
        value=kind(row.default),
        format_func=lambda value: f"{value:.10g}",
        help=say("cliff_help", row.name),
        width=165,
        **held(row.name),
    )


def _number(row: Parameter, coordinate: Coordinate, gain: float) -> Any:
    """A number input for one coordinate of the start."""
    return st.number_input(
        say("cliff_start", row.name.removeprefix("cliff_")),
        min_value=coordinate.lower,
        max_value=coordinate.upper,
        value=row.default,
        step=0.05,
        format="%.3f",
        placeholder=f"{gain:g}",
        help=say("cliff_help", row.name),
        width=165,
        **held(row.name),
    )


def _text(row: Parameter) -> Any:
    return st.text_input(
        say("cliff_page", row.name.removeprefix("cliff_")),
        max_chars=row.max_length,
        placeholder=say("cliff_page", "largest"),
        help=say("cliff_help", row.name),
        width=165,
        **held(row.name),
    )


def _last() -> None:
    """Draw the last picture again, while the next one is computed."""
    if SHOWN in st.session_state:
        _pictures(st.session_state[SHOWN])


def _pictures(figures: _Figures) -> None:
    """Draw the map, which can be clicked, and the same landscape in 3D."""
    alternative = figures.surface.alternative
    with st.container(key="cliff_pictures"):
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(say("cliff_page", "map"))
            st.plotly_chart(
                figures.flat,
                theme=None,
                key=MAP,
                config=CONFIG,
                alt=alternative,
                on_select=_start_there,
                selection_mode="points",
            )
        with right:
            st.markdown(say("cliff_page", "scene"))
            st.plotly_chart(figures.space, theme=None, key="cliff_space", config=CONFIG, alt=alternative)
        st.caption(figures.surface.caption)


def _start_there() -> None:
    """Start the descents at the clicked point, unless the map still shows another landscape."""
    points, landscape = st.session_state[MAP].selection.points, st.session_state["cliff_on"]
    if points and st.session_state[SHOWN].landscape == landscape:
        for name, value in zip(STARTS[landscape], (points[-1]["x"], points[-1]["y"]), strict=True):
            row = ROWS[name]
            assert row.lower is not None and row.upper is not None
            st.session_state[name] = min(max(float(f"{value:.6g}"), float(row.lower)), float(row.upper))
