"""Serves the app and the bare page, and opens them in Chromium with a stopwatch."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools import find_chromium
from tools.served import ROOT, served

LOGS = ROOT / "out" / "bench"
HERE = Path(__file__).parent
WINDOW = ViewportSize(width=1440, height=900)
QUIET_MS = 300  # an answer is complete when its script has ended and nothing was painted for so long


class Served(NamedTuple):
    """A browser, and the addresses of both pages."""

    browser: Browser
    app: str
    bare: str


@contextmanager
def both_served() -> Iterator[Served]:
    """Serve both pages side by side until the benchmark ends; it ends at once where there is no Chromium."""
    path = find_chromium.find()
    if path is None:
        raise SystemExit("No Chromium here: nothing was measured.")
    with (
        served(ROOT / "app.py", LOGS / "app.log") as app,
        served(HERE / "bare_page.py", LOGS / "bare_page.log") as bare,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=find_chromium.ARGUMENTS)
        yield Served(browser, app, bare)
        browser.close()


def open_page(browser: Browser, address: str, quiet_ms: int = QUIET_MS, watches: str = "") -> Page:
    """The page at `address` in a context of its own, its first answer painted; `watches` is the answer's selector."""
    page = browser.new_context(viewport=WINDOW).new_page()
    if watches:
        page.add_init_script(f"globalThis.stopwatchWatches = {watches!r}")
    page.add_init_script(path=HERE / "stopwatch.js")
    page.goto(address, wait_until="commit")
    wait_until_done(page, quiet_ms)
    return page


def wait_until_done(page: Page, quiet_ms: int = QUIET_MS) -> None:
    """Wait until the script has ended and nothing was painted for `quiet_ms`."""
    page.wait_for_function("quiet => stopwatch.done(quiet)", arg=quiet_ms, polling=50)


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p95; of a single value, that value twice."""
    if len(values) == 1:
        return values[0], values[0]
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]
