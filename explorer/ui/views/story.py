"""A story on the page, for a lecture hall: a question, its answers, then one figure that shows why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.trace import Trace
from explorer.show.presets import Preset, all_stories
from explorer.show.scenes import Scene
from explorer.show.words import catalogue, say
from explorer.show.words.placeholders import filled
from explorer.ui.controls.controls import draw_control
from explorer.ui.link.opening import NOTES, clean
from explorer.ui.link.settings import VIEW, take
from explorer.ui.parts.plain import plain
from explorer.ui.state.fields import defaults, read
from explorer.ui.state.page import given, need_not_say, show, values
from explorer.ui.trainings.session import at_work
from explorer.ui.work.runs import trace_of

STORY, SCENE = "story", "scene"
OWN = "own story"
NOT_OF_A_SCENE = (STORY, SCENE, "hide", "pins")
ANSWERED, APPLIED, SPEAKER = "answered", "applied_scene", "speaker_notes"
PRESENTED = """
<style>
html { font-size: 25px; }
[data-testid="stMainBlockContainer"] { padding: 0.6rem 1.6rem 1rem; max-width: none; }
[data-testid="stHeader"], .st-key-unseen_choices { display: none; }
.deck .toolbar, .deck .drag, .deck .pins, .deck .slow-motion, .deck header, .deck .caption { display: none; }
.deck .verdict p, .deck .verdict dl, .verdict.source p, .verdict.source dl { display: none; }
.deck .verdict { margin: 0; }
.deck .figures { grid-template-columns: minmax(0, 1fr); }
.verdict h2 { min-height: 0; font-size: 1.15rem; }
/* A figure of plotly fills what the window leaves: all that holds it grows, and nothing else. */
[data-testid="stMainBlockContainer"]:has([data-testid="stPlotlyChart"]) { height: 100dvh; }
[data-testid="stMainBlockContainer"] :is([data-testid="stVerticalBlock"], [data-testid="stLayoutWrapper"],
  [data-testid="stElementContainer"], [data-testid="stFullScreenFrame"]):has([data-testid="stPlotlyChart"]) {
  display: flex; flex-direction: column; flex: 1 1 0; min-height: 0; height: 100%; }
[data-testid="stPlotlyChart"] { flex: 1 1 0; min-height: 220px; height: 100% !important; }
.st-key-question { max-width: 44rem; margin: 8vh auto 0; }
.st-key-question h3 { font-size: 1.5rem; line-height: 1.3; margin-bottom: 0.8rem; }
.st-key-question button p { font-size: 1.1rem; }
.st-key-story_head, .st-key-story_steps { flex-wrap: nowrap; gap: 0.2rem; }
.st-key-story_head > [data-testid="stElementContainer"] { flex: 1 1 0; min-width: 0; }
.st-key-story_head > [data-testid="stElementContainer"] p { line-height: 1.15; }
.st-key-story_head > :has(.st-key-story_steps) { flex: none; }
.st-key-story_steps button { min-height: 1.1rem; padding: 0 0.4rem; opacity: 0.75; }
.st-key-story_steps button * { font-size: 0.55rem; }
.st-key-speaker p { font-size: 0.75rem; }
@media (max-width: 640px) {
  html { font-size: 18px; }
  .st-key-story_head, .st-key-story_steps { flex-wrap: wrap; }
  .st-key-story_head > [data-testid="stElementContainer"] { flex-basis: 100%; }
  .st-key-story_steps button { min-height: 2rem; }
  .st-key-story_steps button * { font-size: 0.8rem; }
  .st-key-story_steps kbd { display: none; }
}
</style>
"""


def story_menu() -> None:
    """Draw a menu that begins a story."""
    stories = all_stories()
    st.session_state["story_menu"] = None
    st.selectbox(
        say("story", "menu"),
        list(stories),
        format_func=lambda name: stories[name].title,
        key="story_menu",
        placeholder=say("page", "choose"),
        help=say("story", "menu_help"),
        disabled=at_work(),
        on_change=_begin,
    )


def current_story() -> Preset | None:
    """The story of the link, the menu or an opened file; None outside of a story."""
    name = st.session_state.get(STORY, "")
    return st.session_state.get(OWN) if name == OWN else all_stories().get(name)


def open_own(story: Preset) -> None:
    """Begin a story from a file; only in a callback. It has no link, as others do not have the file."""
    st.session_state[OWN] = replace(story, name=OWN)
    st.session_state[STORY], st.session_state[SCENE], st.session_state[APPLIED] = OWN, "1", None


def _markdown(story: Preset, text: str) -> str:
    """A text of the story as Markdown; text from a file is escaped."""
    return plain(text) if story.name == OWN else text


def place_in(story: Preset) -> int:
    """The scene's number, from 1; a number beyond the last scene gives the last."""
    text = st.session_state.get(SCENE) or "1"
    return min(max(1, int(text)), len(story.scenes)) if text.isdecimal() else 1


def scene_of(story: Preset) -> Scene:
    """The present scene of the story."""
    return story.scenes[place_in(story) - 1]


def apply_scene(story: Preset) -> None:
    """Set every control to the scene's settings when the scene opens; before the controls are drawn.

    On a session's first scene the link may override them: it was shared after its controls were moved.
    """
    number = place_in(story)
    if st.session_state.get(APPLIED) == (story.name, number):
        return
    state, scene = st.session_state, story.scenes[number - 1]
    moved = given() & set(scene.controls) if APPLIED not in state else frozenset()
    notes, moved_values = state[NOTES], {name: state[name] for name in moved}
    take(scene.experiment)
    page, _ = clean({name: text for name, text in scene.page.items() if name not in NOT_OF_A_SCENE})
    show({VIEW: "explorer", **read(page)})
    need_not_say({**values(), STORY: "", SCENE: ""})  # what the scene sets
    if APPLIED not in state:
        state[NOTES] = notes
    show(moved_values)
    state[ANSWERED] = None
    state[APPLIED] = (story.name, number)


def story_page(story: Preset, picture: Callable[[], None]) -> None:
    """Draw the scene in place of the controls, and `picture` once its question is answered."""
    number, scene, answered = place_in(story), scene_of(story), st.session_state.get(ANSWERED)
    st.html(PRESENTED)
    with st.container(key="story_head", horizontal=True, horizontal_alignment="distribute"):
        # once it is answered, the question stays on top in place of the titles
        lead, beside = (scene.title, f"{story.title} · ") if answered is None else (scene.ask, "")
        place = f":small[{_markdown(story, beside)}{number} / {len(story.scenes)}]"
        st.markdown(f"**{_markdown(story, lead)}** {place}", width="content")
        _steps(story, number)
    if st.session_state.get(SPEAKER):
        st.container(key="speaker").markdown(f":material/campaign: {_markdown(story, scene.speaker)}")
    if answered is None:
        with st.container(key="question"):
            _question(story, scene)
    else:
        with st.container(key="scene_controls", horizontal=True):
            for name in scene.controls:
                draw_control(name)
        picture()


def explanation(trace: Trace) -> None:
    """Draw the given answer, the right one and the reason, with the numbers of the scene's own run.

    Once a control has been moved, the picture is that of `trace`, and the sentences say whose numbers they have.
    """
    story = current_story()
    if story is None:
        return
    scene, answered = scene_of(story), st.session_state.get(ANSWERED)
    own = _own_run(scene, trace)
    why = _markdown(story, filled(scene.reveal, own, scene.page))
    lead = "" if own is trace else say("story", "own_settings")
    st.markdown(" ".join(part for part in (_judgement(story, str(answered or ""), own), lead, why) if part))


def _own_run(scene: Scene, shown: Trace) -> Trace:
    """The run of the scene's settings; the shown one if it is that, or if there is no other."""
    if shown.experiment == scene.experiment:
        return shown
    try:
        return trace_of(scene.experiment)
    except ExplorerError:  # a story from a file may ask for what cannot be run; the page says why
        return shown


def _judgement(story: Preset, answered: str, trace: Trace) -> str:
    scene = scene_of(story)
    if not answered:
        return ""
    if scene.guess:
        value = filled(f"{{{scene.guess}}}", trace, scene.page)
        return say("story", "guessed", guess=plain(answered), value=value)
    return say("story", "right" if answered == scene.answer else "not_right", answer=_markdown(story, scene.answer))


def _question(story: Preset, scene: Scene) -> None:
    st.markdown(f"### {_markdown(story, scene.ask)}")
    for number, choice in enumerate(scene.choices, 1):
        label = _markdown(story, choice)
        st.button(
            label, key=f"choice {number}", shortcut=str(number), on_click=_answer, args=(choice,), width="stretch"
        )
    if not scene.choices:
        what = catalogue()["story_number"].get(scene.guess, scene.guess)
        st.text_input(say("story", "guess", what=what), key="guess", max_chars=20, on_change=_guessed)
    st.button(say("story", "reveal"), key="reveal", shortcut="a", on_click=_answer, args=("",), type="primary")


def _answer(choice: str) -> None:
    st.session_state[ANSWERED] = choice


def _guessed() -> None:
    st.session_state[ANSWERED] = st.session_state["guess"]


def _steps(story: Preset, number: int) -> None:
    """The buttons back, next, notes and leave; their shortcuts are the keys of a presenter's remote."""
    with st.container(key="story_steps", horizontal=True, width="content", gap="small"):
        st.button(say("story", "previous"), shortcut="pageup", disabled=number == 1, on_click=_go, args=(-1,))
        ends = number == len(story.scenes) and st.session_state.get(ANSWERED) is not None
        following = _following(story) if ends else None
        if following is not None:
            st.button(say("story", "next_story"), shortcut="pagedown", on_click=_begin_story, args=(following,))
        else:
            last = number == len(story.scenes)
            st.button(say("story", "next"), shortcut="pagedown", disabled=last, on_click=_go, args=(1,))
        st.button(say("story", "notes"), shortcut="n", on_click=_toggle_notes)
        st.button(say("story", "try_it" if ends else "leave"), shortcut="escape", on_click=_leave)


def _following(story: Preset) -> str | None:
    """The name of the story after this one; None after the last, and after a story from a file."""
    names = list(all_stories())
    place = names.index(story.name) + 1 if story.name in names else len(names)
    return names[place] if place < len(names) else None


def _go(by: int) -> None:
    story = current_story()
    if story is not None:
        st.session_state[SCENE] = str(min(max(1, place_in(story) + by), len(story.scenes)))


def _toggle_notes() -> None:
    st.session_state[SPEAKER] = not st.session_state.get(SPEAKER, False)


def _leave() -> None:
    """Return to the whole page, with the scene's network."""
    st.session_state[STORY] = st.session_state[SCENE] = ""
    st.session_state[APPLIED] = None
    need_not_say(defaults())


def _begin() -> None:
    _begin_story(st.session_state["story_menu"] or "")


def _begin_story(name: str) -> None:
    st.session_state[STORY], st.session_state[SCENE] = name, "1"
