"""The view "about" is up to date: it has the buttons' names, valid links, every definition and every paper."""

import inspect
import re
from urllib.parse import parse_qsl

import numpy as np
import pytest

import explorer
from explorer.show.plots.gradients import gradient_figure
from explorer.show.plots.shown import Shown
from explorer.show.plots.ticks import decade_ticks
from explorer.show.words import catalogue, say
from explorer.show.words.numbers import part_left
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
    assert -22.5 < fall < -21.5
    assert "falls 22 decades" in say("about", "ten_minutes_text")
    assert f"{part_left(fall)} is left" in say("guide", "curve")
    axis = gradient_figure([Shown(explorer.run(explorer.Experiment()))]).panels[0].y
    positions, _ = decade_ticks(axis.lower, axis.upper)
    assert {f"{10**step:,} times less" in say("guide", "curve") for step in set(np.diff(positions).tolist())} == {True}
    below, above = (explorer.run(explorer.Experiment(gain=gain)).log10_state_grad_norm["h"][0] for gain in (1.9, 2.1))
    assert below[1] < below[-1]
    assert above[1] > above[-1]
    assert "near 2 the curve turns from falling to rising" in say("guide", "drag")
    assert "Near 2 the curve turns from falling to rising" in say("about", "ten_minutes_text")
