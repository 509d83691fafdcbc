"""Where the deck cannot draw, the page says so, and still shows the verdict and all numbers in a table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import expected_verdict, slider
from tests.browser.settled import settled

Open = Callable[..., Page]
SAID = "The figures could not be drawn"


def without_canvas(page: Page) -> None:
    """No canvas for the deck; Streamlit's table, which asks for its canvas with options, still gets one."""
    page.add_init_script(
        """{ const given = HTMLCanvasElement.prototype.getContext;
           HTMLCanvasElement.prototype.getContext = function (...what) {
             if (what.length < 2) throw new Error('no canvas here');
             return given.apply(this, what);
           } }"""
    )


def without_delivery(page: Page) -> None:
    """The deck receives corrupt data."""
    page.add_init_script(
        """{ const kept = [];
           kept.push = component => Array.prototype.push.call(kept, { ...component, data: new Uint8Array(3) });
           Object.defineProperty(globalThis, 'deckInbox', { get: () => kept, set() {} }); }"""
    )


def without_scripts_of_components(page: Page) -> None:
    """Like a content security policy that forbids scripts made by the page itself."""
    page.add_init_script("URL.createObjectURL = () => 'blob:nowhere'")


def without_the_last_step(page: Page) -> None:
    """Drawing fails, but only later."""
    page.add_init_script("CanvasRenderingContext2D.prototype.setLineDash = () => { throw new Error('no dashes here') }")


@pytest.mark.parametrize(
    "spoilt",
    [without_canvas, without_delivery, without_scripts_of_components, without_the_last_step],
    ids=lambda way: way.__name__,
)
def test_the_page_still_says_everything(open_page: Open, spoilt: Callable[[Page], None]) -> None:
    page = open_page(spoilt=spoilt)
    heading = page.locator(".verdict h2").filter(visible=True)
    expect(heading).to_have_text(expected_verdict())
    expect(page.get_by_text(SAID)).to_be_visible()
    slider(page, "Gain").focus()
    page.keyboard.press("End")
    expect(heading).to_have_text(expected_verdict(gain=3.0), timeout=15_000)
    expect(page.get_by_text(SAID)).to_be_visible()
    page.get_by_text("The numbers as a table").click()
    settled(page, figures=False)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_a_page_that_has_nothing_to_draw_blames_no_browser(open_page: Open) -> None:
    page = open_page("/?hidden_size=1024&seq_len=5000&batch_size=128", spoilt=lambda page: None)
    expect(page.get_by_test_id("stAlert")).to_contain_text("cannot be run")
    page.wait_for_timeout(3500)
    expect(page.get_by_text(SAID)).to_be_hidden()
