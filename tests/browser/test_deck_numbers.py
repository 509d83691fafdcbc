"""The browser says a number as Python does."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Browser

from explorer.show.words import catalogue
from explorer.show.words.numbers import magnitude, short
from explorer.ui.deck.modules import script

LOG10 = [
    *np.linspace(-6, 6, 241),
    *np.random.default_rng(0).uniform(-3500, 3500, 300),
    -np.inf,
    np.nan,
    0.0,
    22.99,
    -4.0,
]
PLAIN = [
    *(sign * 10.0**place for sign in (1, -1) for place in np.linspace(-9, 12, 211)),
    0.0, 1.0, -1.0, 9.996, 0.0999999, 999_999.0, 1e300, 5e-324, np.inf, np.nan,
]  # fmt: skip


def test_numbers_are_said_alike(browser: Browser) -> None:
    page = browser.new_page()
    said = page.evaluate(
        f"([log10, plain, texts]) => {{ {script('numbers.js')}; Object.assign(words, texts);"
        " return [log10.map(magnitude), plain.map(short)]; }",
        [[float(value) for value in LOG10], PLAIN, catalogue()["deck"]],
    )
    page.close()
    for values, texts, python in ((LOG10, said[0], magnitude), (PLAIN, said[1], short)):
        wrong = [
            (value, text, python(value)) for value, text in zip(values, texts, strict=True) if text != python(value)
        ]
        assert not wrong
