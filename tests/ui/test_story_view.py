"""Stories and hidden controls, by Streamlit's own driver."""

from dataclasses import replace

import pytest

from explorer.show.presets import all_stories, parse_preset
from explorer.ui.views.story import OWN
from tests.ui.test_app import opened

SCENES = [(name, number) for name, story in all_stories().items() for number in range(1, len(story.scenes) + 1)]


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize(("story", "number"), SCENES)
def test_every_scene_asks_and_then_shows(story, number):
    scene = all_stories()[story].scenes[number - 1]
    app = opened(story=story, scene=str(number))
    assert not app.exception
    assert not app.warning
    assert any(scene.ask in text.value for text in app.markdown)
    press(app, "Show the answer")
    assert not app.exception
    assert not app.error
    assert any(text.value.startswith(f"**{scene.ask}**") for text in app.markdown), "the question stays on top"
    assert not any(button.label in scene.choices for button in app.button)
    for name in scene.controls:
        assert app.session_state[name] is not None


def test_the_right_answer_is_told_from_a_wrong_one():
    story = all_stories()["vanishing"]
    for choice in story.scenes[0].choices:
        app = opened(story="vanishing")
        press(app, choice)
        said = " ".join(text.value for text in app.markdown)
        assert ("Right." in said) == (choice == story.scenes[0].answer)
        assert ("Not quite" in said) != ("Right." in said)


def test_a_guess_is_held_against_the_run():
    app = opened(story="vanishing", scene="2")
    app.text_input(key="guess").set_value("50").run()
    assert "You said 50; it is 13 steps." in " ".join(text.value for text in app.markdown)


def test_on_and_back_and_out():
    app = opened(story="vanishing", scene="2")
    press(app, "Next")
    assert app.session_state["seq_len"] == 200
    press(app, "Back")
    assert app.session_state["seq_len"] == 100
    press(app, "Next")
    press(app, "Leave")
    assert app.session_state["seq_len"] == 200
    assert app.session_state["story"] == ""
    assert app.sidebar.selectbox


def test_a_scene_link_keeps_what_its_controls_were_moved_to():
    app = opened(story="vanishing", scene="3", seq_len="500", gain="3")
    assert app.session_state["seq_len"] == 500
    assert app.session_state["gain"] == 1.0


def test_what_a_scene_says_is_of_its_own_settings_when_a_control_has_been_moved():
    app = opened(story="vanishing", scene="3", seq_len="500")
    press(app, "Show the answer")
    moved = " ".join(text.value for text in app.markdown)
    assert "At the scene's own settings: −45.1 decades over 199 steps back" in moved
    app = opened(story="vanishing", scene="3")
    press(app, "Show the answer")
    assert "own settings" not in " ".join(text.value for text in app.markdown)


def test_hidden_controls_are_not_seen_and_keep_their_values():
    app = opened(hide="gain,more,preset,story", gain="2")
    assert not app.exception
    assert app.session_state["gain"] == 2.0
    labels = [slider.label for slider in app.sidebar.slider] + [box.label for box in app.sidebar.selectbox]
    assert not {"Gain", "Preset", "Story"} & set(labels)


def test_what_cannot_be_hidden_is_said():
    app = opened(hide="gain,nonsense")
    assert "`hide` must be names of controls" in app.warning[0].value


@pytest.mark.parametrize("scene", ["0", "9999", "one"])
def test_a_scene_that_does_not_exist(scene):
    app = opened(story="vanishing", scene=scene)
    assert not app.exception


OWN_STORY = """
title = "<b>bold</b> :red[x]"
look = "l"
[experiment]
seq_len = 10
[[scene]]
title = "![i](http://elsewhere/i.png)"
ask = "Is $x$ <script>?"
choices = ["[a](javascript:alert(1))", "b"]
answer = "b"
reveal = "{decay} {m05_true} {cliff_jump} **bold**"
speaker = "s"
[scene.page]
view = "VIEW"
formula = "m05"
lens = "nonsense"
nonsense = "1"
story = "vanishing"
cliff_w = "1e999"
"""


@pytest.mark.parametrize("view", ["explorer", "lenses", "textbook", "cliff", "training", "about", "nonsense"])
def test_a_story_from_a_file_is_played_and_none_of_its_words_is_markup(view):
    app = opened()
    app.session_state["own story"] = replace(parse_preset("s", OWN_STORY.replace("VIEW", view).encode()), name=OWN)
    app.session_state["story"] = OWN
    app.run()
    assert not app.exception
    assert not app.error
    asked = next(text.value for text in app.markdown if "Is" in text.value)
    assert asked == "### Is `$x$ <script>?`"
    press(app, "`[a](javascript:alert(1))`")
    assert not app.exception
    assert not app.error
    assert any("**bold**`" in text.value for text in app.markdown)
