"""The view "about" is up to date: it has the buttons' names, valid links, every definition and every paper."""

import inspect
import re
from urllib.parse import parse_qsl

import pytest

import explorer
from explorer.show.words import catalogue, say
from explorer.ui.link.opening import clean
from tests.ui.test_app import opened


@pytest.fixture(scope="module")
def text():
    app = opened(view="about")
    assert not app.exception
    assert not app.error
    assert not app.warning
    return "\n".join(element.value for element in (*app.title, *app.subheader, *app.markdown))


@pytest.mark.parametrize(
    "name",
    [
        ("proof", "button"),
        ("deck", "drag"),
        ("deck", "slow"),
        ("label", "gain"),
        ("label", "forget_bias"),
        ("take_home", "title"),
        ("cell", "lstm"),
    ],
)
def test_what_it_sends_one_to_has_that_name(text, name):
    assert say(*name) in text


def test_its_links_open(text):
    links = re.findall(r"`[?&]([^`]*\w)`", text)
    assert len(links) == 2
    for link in links:
        asked = dict(parse_qsl(link))
        assert asked
        assert clean(asked) == (asked, [])


def test_its_line_of_python_is_one_that_runs(text):
    (named,) = re.findall(r"explorer\.run\(experiment, ([^`]*)\)`", text)
    assert set(re.findall(r"(\w+)=", named)) <= inspect.signature(explorer.run).parameters.keys()


def test_every_definition_and_every_paper_stands_there(text):
    for name, meaning in catalogue()["definition"].items():
        assert say("defined", name) in text
        assert meaning in text
    for papers in catalogue()["source"].values():
        for paper in papers.strip().splitlines():
            assert text.count(paper) == 1


def test_the_numbers_of_the_guide_are_those_of_the_first_picture():
    norms = explorer.run(explorer.Experiment()).log10_state_grad_norm["h"][0]
    fall = norms[1] - norms[-1]
    assert round(10 ** (fall / 99), 1) == 0.6
    assert "about 0.6" in say("guide", "curve")
    assert -23 < fall < -22
    assert "1 part in 10²²" in say("guide", "curve")
    below, above = (explorer.run(explorer.Experiment(gain=gain)).log10_state_grad_norm["h"][0] for gain in (1.9, 2.1))
    assert below[1] < below[-1]
    assert above[1] > above[-1]
    assert "near 2 the curve turns" in say("guide", "drag")
