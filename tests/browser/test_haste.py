"""A user who is faster than the machine: one run at a time, and the last value wins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

import explorer
from explorer.engine.experiment import Experiment
from tests.browser.hands import DELAY_MS, curves, expected_verdict, query, same, slider, verdict
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
    page.wait_for_timeout(DELAY_MS)
    settled(page, seconds=90)  # on a loaded machine the lanes of the last value take half a minute
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


VIEWS = {
    "lenses": {"view": "lenses", "lens": "eigenvalues", "hidden_size": "48"},
    "cliff": {"view": "cliff", "cliff_on": "gain bias", "seq_len": "50", "hidden_size": "8"},
    "training": {"view": "training", "seq_len": "20", "hidden_size": "8", "steps": "100000"},
}


@pytest.fixture
def script_log(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, str, Path]]:
    """A page, the address of an app that notes its scripts' runs, and the notes."""
    log = tmp_path / "scripts.txt"
    log.touch()
    with served(Path(__file__).with_name("script_log_app.py"), tmp_path / "app.log", SCRIPT_LOG=str(log)) as address:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        yield page, address, log
        page.close()


def test_in_no_view_are_two_scripts_of_a_session_at_work(script_log: tuple[Page, str, Path]) -> None:
    """Also while a lens draws its bar, a survey continues in pieces, or a training requests its next slice."""
    page, address, log = script_log
    for name, link in VIEWS.items():
        page.goto(f"{address}/?{urlencode(link)}")
        settled(page, figures=False)
        if name == "training":
            page.get_by_role("button", name="Start").click()
        page.wait_for_timeout(DELAY_MS)
        before = len(log.read_text().splitlines())
        slider(page, "Gain").focus()
        for _ in range(PRESSES):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(50)
        page.wait_for_timeout(DELAY_MS)
        page.wait_for_function("location.search.includes('gain=2')")
        notes = [line.split() for line in log.read_text().splitlines()]
        if name == "training":
            page.get_by_role("button", name="Stop").click()
        whole = notes[: len(notes) - len(notes) % 2]  # a run may be in progress
        assert len(notes) > before, name
        for (first, one), (second, other) in zip(whole[::2], whole[1::2], strict=True):
            assert (first, second, one) == ("begin", "end", other), f"two runs were at work at once: {name}"
        page.goto("about:blank")
        wait_until_quiet(log)


def wait_until_quiet(log: Path) -> None:
    """Wait until the abandoned session has ended its work."""
    for _ in range(100):
        if log.read_text().splitlines()[-1].startswith("end"):
            return
        time.sleep(0.05)
