"""Backwards in slow motion: the walk by mouse, by keys and playing, and the worked step's numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import explorer
from explorer.questions.worked_step import worked_steps
from tests.browser.hands import query
from tests.browser.settled import settled

Open = Callable[..., Page]
STAGE = "document.querySelector('.deck').deck.stage"


def opened(open_page: Open, link: str) -> Page:
    """A page with the walk open and at rest: with reduced motion it does not play."""
    page = open_page(link, reduced_motion="reduce")
    expect(page.locator(".slow-motion canvas")).to_be_visible()
    return page


def place(page: Page) -> tuple[str, int]:
    at = page.evaluate(f"{STAGE}.at")
    return at["part"], at["step"]


def results(page: Page) -> dict[str, str]:
    """The visible half of the worked step: left side → result."""
    lines = page.locator(".worked > div").locator("visible=true").locator(".line").all()
    return {line.locator(".left").inner_text(): line.locator(".result").inner_text() for line in lines}


def number(text: str) -> float:
    """ "= −2.37 × 10⁻²¹" as a float."""
    plain = text.removeprefix("= ").replace("\u2212", "-").replace("\u00a0", "")
    digits, _, power = plain.partition("×10")
    return float(digits) * 10.0 ** int((power or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_keys_step_and_the_worked_step_has_the_numbers_of_the_run(open_page: Open, cell: str) -> None:
    page = opened(open_page, f"/?cell={cell}&seq_len=20&slow=3")
    worked = worked_steps(explorer.run(explorer.Experiment(cell=cell, seq_len=20)), unit=2)
    canvas = page.locator(".slow-motion canvas")
    canvas.focus()
    canvas.press("ArrowRight")
    assert place(page) == ("forward", 2)
    assert number(results(page)["hₜ"]) == pytest.approx(worked.forward["h"][1], rel=6e-3)
    for _ in range(18 + 4):
        canvas.press("ArrowRight" if place(page)[0] == "forward" else "ArrowLeft")
    assert place(page) == ("backward", 17)
    dh = worked.backward["dh"][16] * 2.0 ** worked.exponent[16]
    assert number(results(page)["dh"]) == pytest.approx(dh, rel=6e-3)
    assert page.evaluate("document.querySelector('.deck').deck.step") == 17  # and so in every figure
    expect(page.locator(".toolbar .step output")).to_have_text("step 17")
    assert re.search(r"step 17: .*‖∂L/∂h‖", page.locator(".slow-motion .said").inner_text())


def test_it_plays_pauses_and_follows_a_step_chosen_elsewhere(open_page: Open) -> None:
    page = opened(open_page, "/?cell=lstm&seq_len=20&slow=1")
    play = page.locator(".slow-motion .play")
    play.click()
    page.wait_for_function(f"{STAGE}.at.part === 'backward' && {STAGE}.at.step < 19")
    play.click()
    paused = place(page)
    page.wait_for_timeout(300)
    assert place(page) == paused
    page.evaluate("document.querySelector('.deck').deck.select(7)")
    assert place(page) == ("backward", 7)
    page.get_by_role("button", name="Step on").click()
    assert place(page) == ("backward", 6)


def test_the_button_opens_it_and_the_unit_is_kept_in_the_link(open_page: Open) -> None:
    page = open_page("/?seq_len=20", reduced_motion="reduce")
    page.get_by_role("button", name="Backwards in slow motion").click()
    expect(page.locator(".slow-motion canvas")).to_be_visible()
    unit = page.locator(".slow-motion input[type=number]")
    unit.fill("5")
    unit.press("Enter")
    expect(page.locator(".worked h4").first).to_contain_text("unit 5")
    settled(page)
    assert query(page)["slow"] == "5"
    page.get_by_role("button", name="Backwards in slow motion").click()
    expect(page.locator(".slow-motion canvas")).to_be_hidden()


def test_numbers_far_below_the_floats_keep_their_digits(open_page: Open) -> None:
    page = opened(open_page, "/?activation=sigmoid&seq_len=2000&slow=1")
    page.locator(".slow-motion canvas").press("End")
    assert place(page) == ("backward", 1)
    assert re.search(r"× 10⁻¹[⁰¹²³⁴⁵⁶⁷⁸⁹]{3}$", results(page)["dh"].replace("\u00a0", " "))
