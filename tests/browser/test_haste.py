"""A hand that is faster than the machine: one run at a time, and the last value wins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import explorer
from explorer.experiment import Experiment
from tests.browser.hands import curves, expected_verdict, query, rest, same, slider, verdict
from tests.browser.settled import settled
from tools.served import served

PRESSES = 20


@pytest.fixture
def logged(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, Path]]:
    """A page of the app that notes its runs, and the notes."""
    log = tmp_path / "runs.txt"
    log.touch()
    with served(Path(__file__).with_name("logged_app.py"), tmp_path / "app.log", RUN_LOG=str(log)) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/?cell=lstm&forget_bias=1&seq_len=500&hidden_size=64&drag=seed")
        yield settled(page), log
        page.close()


def test_twenty_presses_in_a_second_make_no_two_runs_at_once(logged: tuple[Page, Path]) -> None:
    page, log = logged
    before = len(log.read_text().splitlines())
    assert before >= 4, "the notes are taken"
    slider(page, "Gain").focus()
    for _ in range(PRESSES):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    rest(page)
    assert query(page)["gain"] == "2"
    settings = {"cell": "lstm", "forget_bias": 1, "seq_len": 500, "hidden_size": 64, "gain": 2.0}
    assert verdict(page) == expected_verdict(**settings)
    trace = explorer.run(Experiment(**settings))
    same(curves(page)["cell state c"], trace.log10_state_grad_norm["c"][0, 1:])
    notes = [line.split() for line in log.read_text().splitlines()[before:]]
    begun = [thread for what, thread in notes if what == "begin"]
    assert 1 <= len(begun) < PRESSES + 20
    for (first, one), (second, other) in zip(notes[::2], notes[1::2], strict=True):
        assert (first, second, one) == ("begin", "end", other), "two runs were at work at once"
