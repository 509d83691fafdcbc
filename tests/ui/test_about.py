"""About says what is there: the buttons under their own names, links that open, every definition and every paper."""

import inspect
import re
from urllib.parse import parse_qsl

import pytest

import explorer
from explorer.ui.link import clean
from explorer.words import catalogue, say
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
