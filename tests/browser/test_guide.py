"""The guide of a first visit: by keyboard and mouse, once per browser, and never over the elements it is about."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from explorer.show.words import say
from tests.browser.hands import press, query, rest, tool
from tests.browser.settled import settled

Open = Callable[..., Page]
CURVE = ".deck .figure[data-name=gradients] .place"
DRAG = ".deck .toolbar label:has(select)"
STEPS = ("curve", "drag", "on")


def card(page: Page) -> Locator:
    return page.get_by_role("dialog")


def outlined(page: Page, selector: str) -> bool:
    style = page.locator(selector).first.evaluate("element => getComputedStyle(element).outlineStyle")
    return bool(style == "solid")


def shares_no_place(page: Page, *selectors: str) -> None:
    """Assert that the card is wholly in the window and covers none of these elements."""
    page.wait_for_timeout(600)  # it may scroll
    mine, size = card(page).bounding_box(), page.viewport_size
    assert mine is not None
    assert size is not None
    assert mine["x"] >= 0
    assert mine["x"] + mine["width"] <= size["width"]
    assert mine["y"] + mine["height"] <= size["height"]
    for selector in selectors:
        other = page.locator(selector).first.bounding_box()
        assert other is not None
        apart = (
            other["x"] + other["width"] <= mine["x"]
            or mine["x"] + mine["width"] <= other["x"]
            or other["y"] + other["height"] <= mine["y"]
            or mine["y"] + mine["height"] <= other["y"]
        )
        assert apart, selector


def test_three_steps_by_keyboard_while_the_page_is_used_and_never_again(open_page: Open) -> None:
    page = open_page(width=1024, height=768, first_visit=True)
    expect(card(page)).to_have_accessible_name(say("guide", "curve_title"))
    expect(card(page)).to_have_accessible_description(say("guide", "curve"))
    assert outlined(page, CURVE)
    where = page.locator(CURVE).bounding_box()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card(page)).to_have_accessible_name(say("guide", "drag_title"))
    assert outlined(page, DRAG)
    assert not outlined(page, CURVE)
    page.locator(".deck .toolbar select").select_option("gain")  # as the guide suggests; it stays open meanwhile
    rest(page)
    assert query(page) == {"drag": "gain"}
    assert outlined(page, ".deck .drag")
    shares_no_place(page, CURVE, DRAG, ".deck .drag")
    card(page).get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(card(page)).to_contain_text(say("guide", "on"))
    expect(card(page).get_by_role("link")).to_have_attribute("href", "?view=about")
    assert outlined(page, ".st-key-story_menu")
    page.keyboard.press("Enter")
    expect(card(page)).to_have_count(0)
    page.locator(".deck .toolbar select").select_option("")
    rest(page)
    assert page.locator(CURVE).bounding_box() == where  # closing the card has moved nothing
    settled(page.reload() and page)
    expect(card(page)).to_have_count(0)


def test_each_step_notices_when_it_is_done(open_page: Open) -> None:
    page = open_page(first_visit=True)
    expect(card(page)).to_have_accessible_name(say("guide", "curve_title"))
    press(page, "Sequence length", "ArrowRight")  # another curve: what was said of this one no longer holds
    expect(card(page)).to_have_accessible_name(say("guide", "drag_title"))
    press(page, "Gain", "ArrowRight")
    expect(card(page)).to_have_accessible_name(say("guide", "on_title"))
    page.locator(".st-key-view").get_by_text("lenses", exact=True).click()
    expect(card(page)).to_have_count(0)


def test_escape_skips_it_and_the_focus_goes_on_from_the_curve(open_page: Open) -> None:
    page = open_page(first_visit=True)
    expect(card(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    assert page.locator(f"{CURVE} :focus").count() == 1


def test_on_a_phone_too_it_lies_on_nothing_that_it_speaks_of(open_page: Open) -> None:
    page = open_page(width=390, height=844, colour_scheme="dark", first_visit=True)
    for step in STEPS:
        expect(card(page)).to_have_accessible_name(say("guide", f"{step}_title"))
        shares_no_place(page, CURVE, *([DRAG] if step == "drag" else []))
        card(page).get_by_role("button").last.click()
    expect(card(page)).to_have_count(0)


def test_a_link_is_not_disturbed(open_page: Open) -> None:
    page = open_page("/?gain=1.5", first_visit=True)
    expect(tool(page, "Pin this run")).to_be_visible()
    page.wait_for_timeout(500)
    expect(card(page)).to_have_count(0)
    assert page.evaluate("localStorage.getItem('gradient-flow-guide')") is None
