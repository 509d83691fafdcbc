"""(c) From a key press on a control to the repainted deck: the app with three pins, against an empty page.

The pages are open side by side and take turns. The app prepares the next step of a control that moves in one direction
(`explorer.ui.work.look_ahead`), so there are two rows: such steps, and steps that nothing has prepared, since another
seed is drawn before each, which is not timed.
"""

from __future__ import annotations

import sys
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.browser import both_served, open_page, percentiles, wait_until_done

PINS = "cell=rnn&init=orthogonal|cell=lstm&forget_bias=5|cell=gru"
CONTROL = "Gain"
FRESH = "Draw again"
WARM_UP = 3
ONE_WAY = 36  # steps until the control turns round: there are 40 from its default to its end
TO_THE_FRONT_MS = 200  # a page that comes to the front is first redrawn
KEYS = ("ArrowRight", "ArrowLeft")


def milliseconds(page: Page, key: str) -> float:
    """Time from pressing `key` on the control until its last effect was painted."""
    page.bring_to_front()
    page.get_by_role("slider", name=CONTROL).focus()
    page.wait_for_timeout(TO_THE_FRONT_MS)
    page.evaluate("stopwatch.reset()")
    page.keyboard.press(key)
    wait_until_done(page)
    return float(page.evaluate("stopwatch.painted - stopwatch.started"))


def draw_again(page: Page) -> None:
    page.bring_to_front()
    page.evaluate("stopwatch.reset()")
    page.get_by_role("button", name=FRESH).click()
    wait_until_done(page)


def to_and_fro(page: Page, number: int) -> float:
    return milliseconds(page, KEYS[number % 2])


def onwards(page: Page, number: int) -> float:
    """A step in one direction. At each turn a new seed and a first step go untimed, so that no result is reused."""
    key = KEYS[number // ONE_WAY % 2]
    if number % ONE_WAY == 0:
        draw_again(page)
        milliseconds(page, key)
    return milliseconds(page, key)


def unprepared(page: Page, number: int) -> float:
    draw_again(page)
    return to_and_fro(page, number)


def main(changes: int) -> None:
    with both_served() as (browser, app, bare):
        linked = f"{app}/?{urlencode({'pins': PINS})}"
        rows = {
            "empty page": (open_page(browser, bare), to_and_fro),
            "app, steps in one direction": (open_page(browser, linked), onwards),
            "app, steps that nothing has prepared": (open_page(browser, linked), unprepared),
        }
        samples: dict[str, list[float]] = {name: [] for name in rows}
        for number in range(WARM_UP + changes):
            for name, (page, step) in rows.items():
                samples[name].append(step(page, number))
    print(f"{changes} steps of the control {CONTROL!r}, three pins; ratios to the empty page")
    empty = percentiles(samples["empty page"][WARM_UP:])
    for name, times in samples.items():
        p50, p95 = percentiles(times[WARM_UP:])
        ratios = f"  ratios {p50 / empty[0]:.2f} and {p95 / empty[1]:.2f} (to reach: at most 2 and 3)"
        print(f"{name:37} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms{ratios if name != 'empty page' else ''}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
