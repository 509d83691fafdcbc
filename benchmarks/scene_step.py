"""From a key press to the repainted page: the next scene and its answer, against a step of a control on the same page.

The story and the explorer are open side by side and take turns. The first press shows a scene's question, the second
its picture; both are compared with a step of a control that nothing has prepared.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Page

from benchmarks.browser import both_served, open_page, percentiles, wait_until_done
from benchmarks.step_latency import TO_THE_FRONT_MS, unprepared

STORY = "?story=vanishing&scene=1"
WATCHED = '[data-testid="stMain"]'
ANSWER = "a"
WARM_UP = 1


def milliseconds(page: Page, key: str) -> float:
    """Time from pressing `key` until its last effect was painted."""
    page.bring_to_front()
    page.wait_for_timeout(TO_THE_FRONT_MS)
    page.evaluate("stopwatch.reset()")
    page.keyboard.press(key)
    wait_until_done(page)
    return float(page.evaluate("stopwatch.painted - stopwatch.started"))


def main(rounds: int) -> None:
    with both_served() as (browser, app, _):
        story = open_page(browser, f"{app}/{STORY}", watches=WATCHED)
        explorer = open_page(browser, app, watches=WATCHED)
        samples: dict[str, list[float]] = {"step of a control": [], "next scene": [], "its picture": []}
        milliseconds(story, ANSWER)
        for number in range(WARM_UP + rounds):
            for key in ("PageDown", "PageUp"):
                samples["next scene"].append(milliseconds(story, key))
                samples["its picture"].append(milliseconds(story, ANSWER))
                samples["step of a control"].append(unprepared(explorer, number))
    print(f"{2 * rounds} scenes; ratios to the step of a control")
    control = percentiles(samples["step of a control"][2 * WARM_UP :])
    for name, times in samples.items():
        p50, p95 = percentiles(times[2 * WARM_UP :])
        ratios = (
            f"   ratios {p50 / control[0]:.2f} and {p95 / control[1]:.2f} (to reach: 1)" if p50 != control[0] else ""
        )
        print(f"{name:18} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms{ratios}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
