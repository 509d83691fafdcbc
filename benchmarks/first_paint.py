"""(e) From opening a linked experiment to its painted deck, against the empty page and its painted text.

The servers are warm, the browser is not: each opening has a context of its own, with an empty cache.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser

from benchmarks.browser import both_served, open_page, percentiles

LINK = "?cell=lstm&forget_bias=5&seq_len=200"
WARM_UP = 2
QUIET_MS = 1000


def milliseconds(browser: Browser, address: str) -> tuple[float, float]:
    """Times from the start of the navigation until the answer was first painted, and last painted."""
    page = open_page(browser, address, QUIET_MS)
    first, last = page.evaluate("[stopwatch.first, stopwatch.painted]")
    page.context.close()
    return first, last


def main(openings: int) -> None:
    samples: dict[str, list[tuple[float, float]]] = {"empty page": [], "app": []}
    with both_served() as (browser, app, bare):
        for _ in range(WARM_UP + openings):
            samples["empty page"].append(milliseconds(browser, bare))
            samples["app"].append(milliseconds(browser, f"{app}/{LINK}"))
    print(f"{openings} openings of {LINK}, in turns with the empty page")
    medians = {}
    for name, times in samples.items():
        first, last = zip(*times[WARM_UP:], strict=True)
        medians[name] = percentiles(first)[0]
        print(
            f"{name:10}  first painted, p50 {medians[name]:7.1f} ms   last painted, p50 {percentiles(last)[0]:7.1f} ms"
        )
    print(f"ratio of the first: {medians['app'] / medians['empty page']:.2f} (to reach: at most 1.5)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
