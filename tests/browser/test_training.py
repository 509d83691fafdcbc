"""A training watched in a real browser, as in a lecture: start it, switch views, come back, open an iteration."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import DECK, DELAY_MS, numbers, query, verdict
from tests.browser.settled import settled

Open = Callable[..., Page]
PATIENCE_MS = 20_000  # a click is answered only after the running slice of the training
LINK = "/?view=training&task=adding&seq_len=30&hidden_size=8&batch_size=4&clip=norm&steps=100000&twins=true"


def iteration(page: Page) -> int:
    """The number of iterations in the heading above the figures."""
    return int(verdict(page).split("iteration ")[1].split(" of")[0].replace(",", ""))


def train_button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first  # a button with help has a second element for its tooltip


def view(page: Page, name: str) -> None:
    page.locator(".st-key-view").get_by_role("radio", name=name, exact=True).or_(
        page.locator(".st-key-view").get_by_role("button", name=name, exact=True)
    ).first.click()


def wait_for_more(page: Page, than: int) -> int:
    page.wait_for_function(
        """than => {
          const said = document.querySelector('.deck .verdict h2')?.textContent.match(/iteration ([\\d,]+)/);
          return said && Number(said[1].replaceAll(',', '')) > than;
        }""",
        arg=than,
        timeout=PATIENCE_MS,
    )
    return iteration(page)


def at_rest(page: Page) -> Page:
    page.wait_for_timeout(DELAY_MS)
    return settled(page)


def test_a_training_is_watched_left_and_found_again_and_one_of_its_networks_is_shared(open_page: Open) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    page = open_page(LINK, deck=False)
    train_button(page, "train_start").click()
    page.locator(".deck .figure[data-name=waterfall_2] canvas[role=img]").wait_for()
    seen = wait_for_more(page, 0)
    seen = wait_for_more(page, seen)

    gain = page.get_by_test_id("stSlider").filter(has_text="Gain").locator("input[type=range]").first
    gain.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Gain (its own 1, now 1.05)")
    seen = wait_for_more(page, seen)

    view(page, "lenses")
    expect(page.locator(".deck")).to_have_count(0)
    view(page, "training")
    page.locator(".deck .verdict h2").wait_for()
    seen = wait_for_more(page, seen)

    train_button(page, "train_pause").click()
    expect(page.locator(".deck .verdict h2")).to_contain_text("Paused")
    at_rest(page)
    paused = iteration(page)
    train_button(page, "train_step").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".deck .verdict h2")).to_contain_text(f"{paused + 1:,}")
    at_rest(page)
    train_button(page, "train_go_on").click()
    wait_for_more(page, iteration(page))
    expect(train_button(page, "train_pause")).to_be_enabled()
    train_button(page, "train_stop").click()
    expect(page.locator(".deck .verdict h2")).to_contain_text("Stopped after")
    at_rest(page)

    assert page.evaluate(f"{DECK}.steps") > paused
    chosen = page.locator(".st-key-open_iteration input")
    chosen.fill("7")
    chosen.press("Enter")
    expect(train_button(page, "open_network")).to_contain_text("iteration 7")
    at_rest(page)
    train_button(page, "open_network").click()
    expect(page.locator(".st-key-trained_notice")).to_contain_text("iteration 7")
    at_rest(page)
    assert query(page)["trained"].startswith("iteration=7&lane=0&twins=1")
    said, shown = verdict(page), numbers(page)

    other = open_page("/?" + page.url.split("?", 1)[1])
    expect(other.locator(".st-key-trained_notice")).to_contain_text("iteration 7")
    assert (verdict(other), numbers(other)) == (said, shown)
    train_button(other, "leave_trained").click()
    expect(other.locator(".st-key-trained_notice")).to_have_count(0)
    at_rest(other)
    assert "trained" not in query(other)
