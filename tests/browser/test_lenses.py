"""Every lens in a real browser: chosen by a click, with its figures and its link, and without an error."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from explorer.show.lenses import LENSES
from explorer.show.words import say
from tests.browser.hands import DELAY_MS, query
from tests.browser.settled import settled

SMALL = "cell=rnn&loss_at=every&seq_len=30&hidden_size=8&batch_size=2"
DRAWN = '[data-testid="stPlotlyChart"] .main-svg'


def shows(page: Page, lens: str) -> None:
    """Assert that the lens shows its question and at least one drawn figure, and no error."""
    page.wait_for_timeout(DELAY_MS)
    settled(page, figures=False)
    expect(page.get_by_text(say("lens_question", lens).split("**")[1].replace("`", ""))).to_be_visible()
    expect(page.locator(DRAWN).first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_every_lens_is_a_click_away(open_page: Callable[..., Page]) -> None:
    first, *others = LENSES
    page = open_page(f"/?view=lenses&{SMALL}", deck=False)
    shows(page, first)
    for lens in others:
        page.get_by_role("radio", name=lens, exact=True).click()
        shows(page, lens)
        assert query(page)["lens"] == lens


def test_a_lens_s_own_number_is_in_the_link_and_moves_its_figures(open_page: Callable[..., Page]) -> None:
    page = open_page(f"/?view=lenses&lens=truncation&window=7&cut=chunks&{SMALL}", deck=False)
    window = page.get_by_role("spinbutton", name=say("lens_choice", "window"))
    expect(window).to_have_value("7")
    expect(page.get_by_text("A window of 7 steps")).to_be_visible()
    window.press("ArrowUp")
    window.press("Enter")
    shows(page, "truncation")
    expect(page.get_by_text("A window of 8 steps")).to_be_visible()
    assert query(page)["window"] == "8"
    assert query(page)["cut"] == "chunks"
