"""The page: the controls beside one of the views, which all show the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from explorer.engine.trace import Trace
from explorer.show.scenes import Scene
from explorer.show.words import say
from explorer.ui.controls.sidebar import sidebar, view_menu
from explorer.ui.link.opening import NOTES, VIEW_NAMES
from explorer.ui.link.settings import PICTURE, VIEW, settings
from explorer.ui.parts.header import header
from explorer.ui.parts.plain import MOST_NOTES, counted, plain
from explorer.ui.state.page import begin, keep, kept
from explorer.ui.views import about as about_view
from explorer.ui.views import cliff as cliff_view
from explorer.ui.views import explorer as explorer_view
from explorer.ui.views import lenses as lenses_view
from explorer.ui.views import textbook as textbook_view
from explorer.ui.views import training_page as training_view
from explorer.ui.views.story import (
    apply_scene,
    current_story,
    explanation,
    scene_of,
    story_menu,
    story_page,
)
from explorer.ui.views.training.notice import training_notice
from explorer.ui.work.failures import errors_in_words
from explorer.ui.work.runs import ShownRun, shown_run


def _nothing() -> None:
    return None


def _no_picture(trace: Trace) -> None:
    return None


@dataclass(frozen=True)
class View:
    """One view beside the controls. A changed number redraws `picture` alone, not `before` and `after`.

    Attributes:
        picture: draws what follows from the controls, for their trace.
        presented: draws one figure of the view for a lecture hall; None shows the view as it is.
        trained: whether the view shows the trained network that the link names.
        controls: whether the controls change anything that the view shows.
    """

    picture: Callable[[Trace], None]
    before: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing
    presented: Callable[[Trace, str], None] | None = None
    trained: bool = False
    controls: bool = True


VIEWS = {
    "explorer": View(
        explorer_view.picture,
        explorer_view.before_picture,
        explorer_view.after_picture,
        explorer_view.one_figure,
        trained=True,
    ),
    "lenses": View(lenses_view.picture, presented=lenses_view.presented, trained=True),
    "textbook": View(textbook_view.picture, presented=textbook_view.presented),
    "cliff": View(cliff_view.picture, presented=cliff_view.presented),
    "training": View(training_view.picture, training_view.before_picture, training_view.after_picture),
    "about": View(_no_picture, after=about_view.page, controls=False),
}
"""Name in the link → view; the first is the default. `VIEW_NAMES` repeats the names for modules below this one."""


def explorer_page() -> None:
    """Draw the controls and the picture. Settings that cannot run give a message, and the last picture stays."""
    begin()
    story = current_story()
    if story is not None:
        apply_scene(story)
        VIEWS[st.session_state[VIEW]].before()
        story_page(story, _picture)
        keep()
        return
    hidden = frozenset(st.session_state["hide"].split(","))
    header(_nothing if VIEW in hidden else partial(view_menu, VIEW_NAMES))
    view = VIEWS[st.session_state[VIEW]]
    if view.controls:
        sidebar(story_menu, hidden)
    view.before()
    _picture()
    view.after()
    keep()


@st.fragment(key=PICTURE)
@errors_in_words
@kept
def _picture() -> None:
    """All that follows from the controls. A changed number redraws this fragment alone, in half the time."""
    run = shown_run(settings(), trained=VIEWS[st.session_state[VIEW]].trained)
    _notices(run)
    if run.trace is None:
        return
    if VIEWS[st.session_state[VIEW]].trained:
        training_notice(run.trace)
    story = current_story()
    if story is None:
        VIEWS[st.session_state[VIEW]].picture(run.trace)
    else:
        explanation(run.trace)
        _lecture_figure(run.trace, scene_of(story))


def _lecture_figure(trace: Trace, scene: Scene) -> None:
    """Draw the scene's one figure; the whole view where it has no single figures."""
    view = VIEWS[st.session_state[VIEW]]
    if view.presented is None:
        view.picture(trace)
    else:
        view.presented(trace, scene.figure)


def _notices(run: ShownRun) -> None:
    """Warn about values of the link that were rejected, and about settings that cannot run."""
    notes = st.session_state[NOTES]
    if notes:
        lines = [*map(plain, notes[:MOST_NOTES]), *counted(notes)]
        st.warning("\n".join([say("page", "not_taken"), *(f"- {line}" for line in lines)]))
    if run.errors:
        lead = say("page", "not_run" if run.trace else "not_run_first")
        st.warning("\n".join([lead, *(f"- {plain(error.sentence)}" for error in run.errors)]))
