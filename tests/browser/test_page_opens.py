"""The page opens with a picture and without an error."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.hands import canvas


def test_the_page_opens_with_its_figures_and_without_an_error(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(canvas(page)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)  # the app's error messages
