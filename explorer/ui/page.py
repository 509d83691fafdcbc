"""The page: controls beside one of the views, which all show the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explorer.trace import Trace
from explorer.ui import cliff_view, explorer_view, lenses_view, textbook_view
from explorer.ui.controls import PICTURE, VIEW, settings, sidebar
from explorer.ui.failures import in_words
from explorer.ui.link import NOTES, VIEW_NAMES, open_link
from explorer.ui.runs import ShownRun, shown_run
from explorer.words import say


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class View:
    """What is seen beside the controls; `before` and `after` are drawn only where more than a number has changed."""

    picture: Callable[[Trace], None]
    before: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing


VIEWS = dict(
    zip(
        VIEW_NAMES,
        (
            View(explorer_view.picture, explorer_view.before_picture, explorer_view.after_picture),
            View(lenses_view.picture),
            View(textbook_view.picture),
            View(cliff_view.picture),
        ),
        strict=True,
    )
)


def explorer_page() -> None:
    """Controls beside the picture. What cannot be run is said, and the last picture stays."""
    open_link()
    sidebar(VIEW_NAMES)
    view = VIEWS[st.session_state[VIEW]]
    view.before()
    _picture()
    view.after()


@st.fragment(key=PICTURE)
@in_words
def _picture() -> None:
    """All that follows from the controls: a number that changes redraws this alone, which halves the time it takes."""
    run = shown_run(settings())
    _notices(run)
    if run.trace is not None:
        VIEWS[st.session_state[VIEW]].picture(run.trace)


def _notices(run: ShownRun) -> None:
    """What was not taken from the link, and what cannot be run."""
    notes = st.session_state[NOTES]
    if notes:
        st.warning("\n".join([say("page", "not_taken"), *(f"- {note}" for note in notes)]))
    if run.errors:
        lead = say("page", "not_run" if run.trace else "not_run_first")
        st.warning("\n".join([lead, *(f"- {error.sentence}" for error in run.errors)]))
