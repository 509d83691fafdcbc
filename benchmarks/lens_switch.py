"""From a click on a lens to its painted figures, once the trace is there: for the first time, and again.

Each round opens the page with another seed, whose trace is new, and switches through all lenses twice. The empty page
with one slider takes turns with it, as a measure of how busy the machine is.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Page

from benchmarks.browser import both_served, open_page, percentiles, wait_until_done
from benchmarks.step_latency import to_and_fro
from explorer.show.lenses import LENSES

LINK = "?view=lenses&lens={lens}&seed={seed}"
WATCHED = '[data-testid="stMain"]'
TO_REACH = 400


def milliseconds(page: Page, lens: str) -> float:
    """Time from the click until the last change of the page was painted."""
    page.evaluate("stopwatch.reset()")
    page.get_by_role("radio", name=lens, exact=True).click()
    wait_until_done(page)
    return float(page.evaluate("stopwatch.painted - stopwatch.started"))


def main(rounds: int) -> None:
    names = list(LENSES)
    first: dict[str, list[float]] = {name: [] for name in names}
    again: dict[str, list[float]] = {name: [] for name in names}
    empty: list[float] = []
    with both_served() as (browser, app, bare):
        bare_page = open_page(browser, bare)
        for seed in range(rounds + 1):
            page = open_page(browser, f"{app}/{LINK.format(lens=names[0], seed=seed)}", watches=WATCHED)
            for times in (first, again):
                empty.append(to_and_fro(bare_page, len(empty)))
                page.bring_to_front()
                for name in (*names[1:], names[0]):
                    duration = milliseconds(page, name)
                    if seed and (times is again or name != names[0]):  # the first lens was shown when the page opened
                        times[name].append(duration)
            page.context.close()
    print(f"{rounds} rounds at the page's own settings; p50 (p95) in milliseconds, seen first and seen again")
    for name in names:
        print(f"{name:12} {_summary(first[name])}   again {_summary(again[name])}")
    every = [time for times in first.values() for time in times]
    ratio, bare_p50 = percentiles(every)[0] / percentiles(empty)[0], percentiles(empty)[0]
    print(f"all lenses   {_summary(every)}   (to reach: p50 at most {TO_REACH} ms)")
    print(f"ratio to the empty page, p50 {bare_p50:.0f} ms: {ratio:.1f}")


def _summary(times: list[float]) -> str:
    if not times:
        return f"{'':16}"
    p50, p95 = percentiles(times)
    return f"{p50:6.0f} ({p95:6.0f})"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
