"""Stories: every scene fills in its run's numbers, and what is no story is a sentence; test_claims.py checks claims."""

import re

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.show.presets import all_stories, parse_preset
from explorer.show.words.placeholders import filled

SCENES = [
    pytest.param(scene, id=f"{name}-{number}")
    for name, story in all_stories().items()
    for number, scene in enumerate(story.scenes, 1)
]


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_says_its_numbers(scene):
    said = filled(scene.reveal, explorer.run(scene.experiment), scene.page)
    assert not re.search(r"[{}]|none|not finite|nan", said)
    assert scene.choices == () or scene.answer in scene.choices
    assert not scene.experiment.without_effect & set(scene.controls)


def test_there_are_twelve_stories_with_a_question_each():
    assert len(all_stories()) >= 12
    assert all(len(story.scenes) >= 2 for story in all_stories().values())


def test_the_best_weight_of_one_unit_lies_a_little_above_1():
    story = all_stories()["more-is-less"]
    weights = (0.5, 0.8, 0.9, 1.0, 1.1, 1.15, 1.2, 1.3, 1.5, 2.0, 3.0)
    norms = [explorer.run(story.experiment.replace(gain=w)).log10_state_grad_norm["h"][-1] for w in weights]
    assert 1 < weights[int(np.argmax([n[1] - n[-1] for n in norms]))] < 1.2
    assert "a best value, a little above 1 with this seed" in story.scenes[-1].speaker


STORY = """
title = "t"
look = "l"
[experiment]
[[scene]]
title = "t"
ask = "a"
reveal = "r {decay} {decay.__class__} {nothing}"
speaker = "s"
guess = "decay"
"""


def test_braces_around_anything_else_stay():
    (scene,) = parse_preset("s", STORY.encode()).scenes
    assert "{decay.__class__} {nothing}" in filled(scene.reveal, explorer.run(scene.experiment.replace(seq_len=5)), {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense = 1", "`scene 1, nonsense` is not part of a scene"),
        ('choices = ["x"]', "with the answer among them"),
        ("choices = 3", "`scene 1, choices` must be a list of texts"),
        ('claims = ["1 > __import__"]', "must be a comparison of numbers"),
        ('claims = ["1 >"]', "must be a comparison of numbers"),
        ('controls = ["unknown"]', "must be parameters of an experiment"),
        ("page = 3", "`scene 1, page` must be a table"),
        ("experiment = {gain = -1}", "`gain` must be"),
        ("title = 3", "must be a text"),
    ],
)
def test_what_is_no_scene_is_a_sentence(line, said):
    text = STORY.replace('title = "t"\nask', "ask") if line.startswith("title") else STORY
    with pytest.raises(ExplorerError, match=re.escape(said)):
        parse_preset("s", f"{text}{line}\n".encode())


def test_a_number_to_guess_has_to_exist():
    with pytest.raises(ExplorerError, match="must be one of decay"):
        parse_preset("s", STORY.replace('guess = "decay"', 'guess = "luck"').encode())
