"""The cliff's map: a click on it sets the start of the descents, in the sentence and in the link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from explorer.base.long_work import finished
from explorer.questions.cliff.descent import descend
from explorer.questions.cliff.one_unit import OneUnit
from explorer.questions.cliff.verdict import look
from explorer.show.words.cliff import sight_sentence
from tests.browser.hands import query
from tests.browser.settled import settled


def test_a_click_on_the_map_starts_there(open_page: Callable[..., Page]) -> None:
    page = open_page("/?view=cliff&cliff_steps=10", spoilt=lambda page: None)
    said = page.locator(".st-key-cliff_said")
    expect(said).to_contain_text("loss of")
    before = said.inner_text()
    drag = page.locator(".st-key-cliff_map .nsewdrag").first
    box = drag.bounding_box()
    assert box is not None
    drag.click(position={"x": 0.4 * box["width"], "y": 0.855 * box["height"]})  # w = 5, b = −3: below the edge
    expect(said).not_to_have_text(before)
    settled(page, figures=False)
    start = query(page)
    at = (float(start.get("cliff_w", 5)), float(start["cliff_b"]))
    assert at == pytest.approx((5, -3), abs=0.2)
    walked = finished(descend(OneUnit(), at, steps=10))
    expect(said).to_have_text(sight_sentence(look(walked, OneUnit.coordinates), walked))
