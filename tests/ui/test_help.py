"""Every control has help: each parameter of each table in sentences, each input of each view as a tooltip."""

import re

import pytest

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.cliff.settings import CliffSettings
from explorer.questions.textbook import NAMES
from explorer.questions.training import TrainingPlan
from explorer.show.lenses import LENSES
from explorer.show.words import catalogue, say
from explorer.ui.link.opening import VIEW_NAMES
from explorer.ui.link.training import TRAINED
from explorer.ui.views.story import SCENE, STORY
from tests.ui.test_app import opened

HELPED = [
    *((name, "label", "help") for settings in (Experiment, TrainingPlan) for name in table(settings)),
    *((name, "cliff_help", "cliff_help") for name in table(CliffSettings)),
    *((name, "lens_choice", "lens_choice_help") for name in catalogue()["lens_choice"]),
]
INPUTS = ("selectbox", "slider", "select_slider", "number_input", "text_input", "text_area", "toggle", "button_group")
UNSEEN = {"pins", "drag", "slow", STORY, SCENE, TRAINED}  # fields without a control of their own
WITHOUT_A_LABEL = {"more_cell"}  # the help of the cell describes its options
SENTENCE = re.compile(r"\w[^.:?]*[.:?](?: |$)")


@pytest.mark.parametrize(("name", "labels", "helps"), HELPED)
def test_every_parameter_has_help_of_at_least_two_sentences_that_is_not_its_label_again(name, labels, helps):
    text = say(helps, name)
    assert len(SENTENCE.findall(text)) >= 2
    assert len(text.split()) >= 12
    if labels != helps:
        assert text.split(". ")[0].casefold() != say(labels, name).casefold()


@pytest.mark.parametrize("name", table(Experiment))
def test_the_help_of_the_experiment_says_what_is_usual(name):
    assert "Usual" in say("help", name) or name == "text"


LINKS = [
    *({"view": view} for view in VIEW_NAMES),
    {"cell": "lstm", "task": "noise", "clip": "norm", "backend": "torch", "hidden_size": "8"},
    {"cell": "gru", "text": "To be, or not to be"},
    *({"view": "lenses", "lens": lens, "seq_len": "10", "hidden_size": "4"} for lens in LENSES),
    *({"view": "textbook", "formula": name} for name in (NAMES["m07"], NAMES["t3"])),
    {"view": "training", "optimiser": "momentum"},
]


@pytest.mark.parametrize("link", LINKS, ids=lambda link: "-".join(link.values()))
def test_every_input_of_every_view_has_help(link):
    app = opened(**link)
    assert not app.exception
    helpless = [
        widget.label
        for kind in INPUTS
        for widget in getattr(app, kind)
        if widget.key not in UNSEEN | WITHOUT_A_LABEL and not widget.help
    ]
    assert not helpless
