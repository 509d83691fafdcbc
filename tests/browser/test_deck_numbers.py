"""The browser writes numbers as Python does."""

from __future__ import annotations

from playwright.sync_api import Browser

from explorer.show.words import catalogue
from explorer.show.words.numbers import magnitude, short
from explorer.ui.deck.modules import script
from tests.common.said_numbers import LOG10, PLAIN


def test_numbers_are_said_alike(browser: Browser) -> None:
    page = browser.new_page()
    said = page.evaluate(
        f"([log10, plain, texts]) => {{ {script('numbers.js')}; Object.assign(words, texts);"
        " return [log10.map(magnitude), plain.map(short)]; }",
        [LOG10, PLAIN, catalogue()["deck"]],
    )
    page.close()
    for values, texts, python in ((LOG10, said[0], magnitude), (PLAIN, said[1], short)):
        wrong = [
            (value, text, python(value)) for value, text in zip(values, texts, strict=True) if text != python(value)
        ]
        assert not wrong
