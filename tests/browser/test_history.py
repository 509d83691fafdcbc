"""The browser's Back and Forward walk through the steps of the page, whatever made them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from explorer.show.words import say
from tests.browser.hands import expected_verdict, press, query, rest, slider, verdict

Open = Callable[..., Page]


def test_back_and_forward_walk_through_numbers_choices_and_views(open_page: Open) -> None:
    page = open_page("/")
    first = verdict(page)
    slider(page, "Gain").focus()
    page.keyboard.press("ArrowRight")
    rest(page)
    assert query(page) == {"gain": "1.05"}
    second = verdict(page)
    page.get_by_role("radio", name="LSTM", exact=True).click()
    rest(page)
    assert query(page) == {"gain": "1.05", "cell": "lstm"}
    third = verdict(page)
    assert third == expected_verdict(cell="lstm", gain=1.05)

    page.go_back()
    rest(page)
    assert (query(page), verdict(page)) == ({"gain": "1.05"}, second)
    page.go_back()
    rest(page)
    assert (query(page), verdict(page)) == ({}, first)
    expect(page.locator(".st-key-gain")).to_contain_text("1.00")
    page.go_forward()
    rest(page)
    page.go_forward()
    rest(page)
    assert (query(page), verdict(page)) == ({"gain": "1.05", "cell": "lstm"}, third)


def test_back_after_a_story_returns_to_the_page_before_it(open_page: Open) -> None:
    page = open_page("/?gain=1.2")
    before = verdict(page)
    page.get_by_role("combobox", name="Story").click()
    page.get_by_role("option").first.click()
    page.locator(".st-key-question").wait_for()
    page.go_back()
    page.locator(".deck .verdict h2").wait_for()
    rest(page)
    assert query(page) == {"gain": "1.2"}
    assert verdict(page) == before


def test_undo_and_redo_by_buttons_and_by_keys(open_page: Open) -> None:
    page = open_page("/?gain=1.2")
    undo, redo = (page.get_by_role("button", name=say("header", name)) for name in ("undo", "redo"))
    first = verdict(page)
    expect(redo).to_be_disabled()
    press(page, "Gain", "ArrowRight")
    second = verdict(page)
    assert second != first
    undo.click()
    rest(page)
    assert (query(page), verdict(page)) == ({"gain": "1.2"}, first)
    redo.click()
    rest(page)
    assert (query(page), verdict(page)) == ({"gain": "1.25"}, second)
    page.locator("body").press("Control+z")
    rest(page)
    assert verdict(page) == first
    page.locator("body").press("Control+Shift+Z")
    rest(page)
    assert verdict(page) == second
