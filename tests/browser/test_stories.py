"""A story played by keyboard alone in a real browser, and its link opened in a fresh one."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from explorer.show.presets import all_stories
from tests.browser.hands import curves, expected_verdict, query, rest, verdict
from tests.browser.settled import settled

Open = Callable[..., Page]
STORY = all_stories()["vanishing"]
GUESS = "Your guess"


def keyed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        rest(page)


def test_a_whole_story_by_keyboard(open_page: Open) -> None:
    page = open_page("/?story=vanishing", width=1024, height=768)
    first, guessed, last = STORY.scenes
    expect(page.get_by_role("heading", name=first.ask)).to_be_visible()
    expect(page.locator(".deck canvas").first).not_to_be_visible()  # the picture would give the answer away
    keyed(page, str(1 + first.choices.index(first.answer)))
    expect(page.get_by_text("Right. 1 part in 3")).to_be_visible()
    assert verdict(page) == expected_verdict()
    keyed(page, "n")
    expect(page.get_by_text(first.speaker)).to_be_visible()
    keyed(page, "PageDown")
    expect(page.get_by_role("heading", name=guessed.ask)).to_be_visible()
    page.get_by_label(GUESS).focus()
    page.keyboard.type("50")
    keyed(page, "Enter")
    expect(page.get_by_text("You said 50; it is 13 steps.")).to_be_visible()
    keyed(page, "PageDown", "a")
    expect(page.get_by_text("−45.1 decades over 199 steps back")).to_be_visible()
    assert verdict(page) == expected_verdict(seq_len=200)
    assert page.locator(".deck .figure").count() == 1
    assert query(page) == {"story": "vanishing", "scene": "3"}
    shown = curves(page)

    fresh = open_page("/?" + page.url.split("?")[1])
    expect(fresh.get_by_role("heading", name=last.ask)).to_be_visible()
    keyed(fresh, "a")
    for name, values in curves(fresh).items():
        assert (values == shown[name]).all()

    keyed(page, "PageUp")
    expect(page.get_by_role("heading", name=guessed.ask)).to_be_visible()
    keyed(page, "Escape")
    expect(page.get_by_test_id("stSidebar").get_by_text("Sequence length")).to_be_visible()


def test_type_and_lines_are_larger_in_a_hall(open_page: Open) -> None:
    page = open_page("/?story=vanishing")
    keyed(page, "a")
    assert page.evaluate("document.querySelector('.deck').deck.scale") == 1.6
    sizes = "name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
    assert page.evaluate(sizes, ".deck .verdict h2") >= 25
    assert page.evaluate("document.querySelector('.deck canvas').width") >= page.evaluate(
        "document.querySelector('.deck canvas').clientWidth"
    )


def test_controls_are_hidden_by_the_link_and_presets_still_move_them(open_page: Open) -> None:
    page = open_page("/?hide=gain,more&gain=2")
    assert verdict(page) == expected_verdict(gain=2)
    expect(page.get_by_test_id("stSidebar").get_by_text("Gain", exact=True)).to_have_count(0)
    page.get_by_role("combobox", name="Preset").click()
    page.get_by_role("option", name="Vanishing at torch's default").click()
    rest(page)
    assert verdict(page) == expected_verdict()
    assert query(page) == {"hide": "gain,more"}


def test_on_a_phone_the_head_is_as_wide_as_the_window(open_page: Open) -> None:
    page = open_page("/?story=vanishing", width=390, height=844)
    title = page.locator(".st-key-story_head p").first.bounding_box()
    assert title is not None and title["height"] < 60, "the title stands beside the buttons, a letter a line"
    for name in ("Next", "Leave"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390


WINDOWS = ((1024, 768), (1280, 720), (1366, 768), (1920, 1080))
OUTSIDE = """() => {
  const seen = element => element.getClientRects().length && getComputedStyle(element).visibility !== 'hidden';
  const main = document.querySelector('[data-testid=stMain]');
  const parts = '.deck .figure .place, [data-testid=stPlotlyChart], [data-testid=stMain] button, .st-key-question h3';
  const outside = [...document.querySelectorAll(parts)].filter(seen).filter(element => {
    const box = element.getBoundingClientRect();
    return box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
  });
  const said = outside.map(element => `${element.className} ${element.innerText.slice(0, 30)}`);
  const beyond = main.scrollHeight - main.clientHeight;
  return beyond > 1 ? [...said, `scrolls by ${beyond}`] : said;
}"""


SOME = [("lstm", 2), ("clipping", 1), ("every-step", 2), ("which-way-z", 3), ("forgot-yesterday", 2), ("cliff", 1)]
EVERY = [(name, number) for name, story in all_stories().items() for number in range(1, len(story.scenes) + 1)]


@pytest.mark.parametrize(("name", "number"), EVERY if os.environ.get("EXPLORER_ALL_SCENES") else SOME)
def test_a_scene_fits_every_window_before_and_after_its_answer(open_page: Open, name: str, number: int) -> None:
    """A figure of each kind; all scenes by ``EXPLORER_ALL_SCENES=1 make test ARGS="-k fits_every_window"``."""
    page = open_page(f"/?story={name}&scene={number}", deck=False)
    page.locator(".st-key-question").wait_for()
    for answered in (False, True):
        if answered:
            page.keyboard.press("a")
            page.locator(".deck canvas, [data-testid=stPlotlyChart] svg").first.wait_for()
            settled(page, figures=False)
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)
            assert page.evaluate(OUTSIDE) == [], (width, height, answered)
