"""Markup wherever user text can enter the page: nothing runs, nothing is fetched, only the text is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page

import explorer
from explorer.engine.experiment import Experiment
from explorer.show.export import as_html
from explorer.show.words import say
from tests.browser.settled import settled

PAYLOADS = (
    "<img src=x class=hit onerror=hit()>",
    "<script>hit()</script>",
    "<svg onload=hit() class=hit></svg>",
    "![a](http://e.example/hit.png)",
    "[hit](javascript:hit())",
    r"$\href{javascript:hit()}{hit}$ $x^2$",
    ":red[hit] :material/home: :smile:",
    "http://e.example www.e.example",
    "</textarea><b class=hit>",
)
ALL = " ".join(PAYLOADS)
INJECTED = """() => [
  ...document.querySelectorAll('.hit, [onerror], [onload], script[src*=hit], img[src*=hit], img[src="x"], iframe'),
  ...document.querySelectorAll('a[href^="javascript:" i], a[href*="e.example"]'),
].map(found => found.outerHTML)"""
READ_AS_MARKDOWN = """() => [...document.querySelectorAll('[data-testid=stAlert] .katex, [data-testid=stMain] .katex,'
  + ' [data-testid=stAlert] [data-testid=stIconMaterial] + *, [data-testid=stMarkdownContainer] span[style*=color]')]
  .map(found => found.outerHTML)"""


class Watched:
    """A page of the app, and a list of its forbidden actions."""

    def __init__(self, browser: Browser, app: str) -> None:
        self.app, self.wrong = app, list[str]()
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        self.page = self.context.new_page()
        self.page.expose_function("hit", lambda: self.wrong.append("a script ran"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        place = urlsplit(url.removeprefix("blob:"))
        if place.scheme != "data" and (place.netloc != urlsplit(self.app).netloc or "hit" in url.split("?")[0]):
            self.wrong.append(f"asked for {url}")

    def open(self, figures: bool = True, **link: str) -> Page:
        self.page.goto(f"{self.app}/?{urlencode(link)}")
        return settled(self.page, figures=figures)

    def is_harmless(self) -> None:
        assert self.page.evaluate(INJECTED) == []
        assert self.page.evaluate(READ_AS_MARKDOWN) == []
        assert self.wrong == []


@pytest.fixture
def watched(browser: Browser, app: str) -> Iterator[Watched]:
    page = Watched(browser, app)
    yield page
    page.context.close()


def test_a_link_and_the_names_of_pins(watched: Watched) -> None:
    pins = "|".join(
        urlencode({"seed": seed, "name": payload[:40]}) for seed, payload in enumerate(PAYLOADS[:6], start=1)
    )
    values = dict(zip(("cell", "gain", "seed", "view", "drag", "task", "compare"), PAYLOADS, strict=False))
    page = watched.open(pins=pins, **values, **dict.fromkeys(PAYLOADS[-4:], "1"))
    said = page.get_by_test_id("stAlert").first.inner_text()
    for payload in PAYLOADS[:7]:
        shown = payload.replace(":material/", ":material_")  # Streamlit writes an icon so, also in code
        assert f"got {shown}" in said
    named = page.locator(".deck .pins").inner_text()
    for payload in PAYLOADS[:5]:
        assert payload[:40].strip() in named
    watched.is_harmless()


def test_a_pasted_text_and_what_differs_by_it(watched: Watched) -> None:
    pins = "|".join(urlencode({"text": payload * 2}) for payload in PAYLOADS[:6])
    page = watched.open(text=ALL, pins=pins)
    assert page.locator("textarea").first.input_value() == ALL
    assert PAYLOADS[0][:20] in page.locator(".deck .pins").inner_text()
    watched.is_harmless()


def test_a_preset_file_its_name_and_what_it_says(watched: Watched) -> None:
    page = watched.open()
    page.get_by_text(say("take_home", "title"), exact=True).click()
    field = page.locator("input[type=file]")
    field.wait_for(state="attached")
    lines = [f"title = '{ALL}'", f"look = '{ALL}'", "[experiment]", f"cell = '{ALL}'", f"'{PAYLOADS[0]}' = 1"]
    name = f"{PAYLOADS[0]} {PAYLOADS[3].replace('/', '')}.toml"
    field.set_input_files({"name": name, "mimeType": "text/plain", "buffer": "\n".join(lines).encode()})
    page.locator(".refused").wait_for()
    assert PAYLOADS[0] in page.locator(".refused").inner_text()
    watched.is_harmless()
    scene = [f"{key} = '{ALL}'" for key in ("title", "ask", "reveal", "speaker", "answer")]
    story = [*lines[:3], "seq_len = 20", "[[scene]]", *scene, f"choices = ['{ALL}']", ""]
    field.set_input_files({"name": name, "mimeType": "text/plain", "buffer": "\n".join(story).encode()})
    page.locator(".refused").wait_for(state="detached")
    settled(page)
    page.get_by_role("button", name=say("story", "leave")).wait_for()  # the story of the file starts at once
    watched.is_harmless()


def test_a_guess_in_a_story_and_a_weight_s_name_on_the_cliff(watched: Watched) -> None:
    page = watched.open(story="vanishing", scene="2")
    page.get_by_label("Your guess").fill("[h](//e.example) $x$")
    page.keyboard.press("Enter")
    page.get_by_text("You said").wait_for()
    assert "[h](//e.example) $x$" in page.get_by_text("You said").inner_text()
    watched.is_harmless()
    page = watched.open(figures=False, view="cliff", cliff_on="two weights", cliff_first=PAYLOADS[5], seq_len="10")
    assert "javascript:hit()" in page.get_by_test_id("stMain").get_by_test_id("stAlert").first.inner_text()
    watched.is_harmless()


def test_the_report_that_one_takes_home(watched: Watched, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    trace = explorer.run(Experiment(text=ALL, seq_len=10, hidden_size=4))
    report.write_text(as_html(trace), encoding="utf-8")
    page = watched.context.new_page()
    page.goto(report.as_uri())
    assert "<script>hit()</script>" in page.locator("body").inner_text()
    assert page.evaluate(INJECTED) == []
    assert page.evaluate("typeof hit") == "undefined"
