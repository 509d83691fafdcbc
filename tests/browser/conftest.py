"""The running app and a real Chromium, for the tests in this folder. Failed tests leave screenshots in out/browser/."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.settled import settled
from tools import find_chromium
from tools.served import ROOT, served, tail

KEPT = ROOT / "out" / "browser"
LOG = KEPT / "app.log"
OPENED = pytest.StashKey[list[Page]]()
NOT_NEW_HERE = "try { localStorage.setItem('gradient-flow-guide', 'seen') } catch {}"  # a blank page has no storage


ON_CI = os.environ.get("CI", "").lower() in ("true", "1")
chromium_path = cache(find_chromium.find)


def pytest_ignore_collect() -> bool | None:
    """Without a Chromium the folder is left out with one message, not with a skip for each test."""
    return True if chromium_path() is None and not ON_CI else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium_path() is None:
        terminalreporter.write_line(find_chromium.MISSING, yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; on CI it has to be there."""
    path = chromium_path()
    if path is None:
        pytest.fail("CI is to run the browser tests, and there is no Chromium.", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=find_chromium.ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def app(browser: Browser) -> Iterator[str]:
    """The address of the running app."""
    with served(ROOT / "app.py", LOG) as address:
        yield address


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, app: str) -> Iterator[Callable[..., Page]]:
    """Opens the app as often as a test likes; the test fails if the page itself reports an error on the console."""
    contexts: list[BrowserContext] = []
    pages = request.node.stash.setdefault(OPENED, [])
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        ours = message.location["url"].startswith((app, f"blob:{app}"))  # not a message of an extension or CDN
        if message.type == "error" and ours:
            errors.append(message.text)

    def open_page(
        link: str = "/",
        width: int = 1440,
        height: int = 900,
        colour_scheme: Literal["light", "dark"] = "light",
        spoilt: Callable[[Page], object] | None = None,
        deck: bool = True,
        first_visit: bool = False,
        **options: Any,
    ) -> Page:
        """A page at rest.

        Args:
            link: path and query after the address.
            spoilt: what keeps the deck from drawing in this page; then the console may say so.
            deck: whether this view has one.
            first_visit: whether the browser was never here, so that the guide comes.
            options: more of Playwright's for a context, such as ``has_touch``.
        """
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, color_scheme=colour_scheme, **options)
        contexts.append(context)
        if not first_visit:
            context.add_init_script(NOT_NEW_HERE)
        page = context.new_page()
        pages.append(page)
        if spoilt is None:
            page.on("console", note)
            page.on("pageerror", lambda error: errors.append(str(error)))
        else:
            spoilt(page)
        page.goto(f"{app}{link}")
        return settled(page, figures=deck and spoilt is None)

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, "the page reports errors on the console:\n" + "\n".join(errors)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Adds the app's log and a screenshot of every open page to the report of a failed test."""
    report = yield
    if report.failed:
        if "app" in getattr(item, "funcargs", {}):
            report.sections.append(("the app's log", tail(LOG)))
        for number, page in enumerate(item.stash.get(OPENED, []), start=1):
            if not page.is_closed():
                name = re.sub(r"[^\w-]+", "_", item.name)
                picture = KEPT / f"{name}-{number}.png"
                page.screenshot(path=picture)
                report.sections.append(("picture", str(picture)))
    return report
