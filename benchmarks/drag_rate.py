"""(d) Frames per second while the mouse drags a value; each counted frame shows another lane.

The forget-gate bias of an LSTM over 200 steps is dragged: all curves and the heatmap of the states move along. The
ceiling is the rate of `requestAnimationFrame` alone on an empty page of the same browser.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

from playwright.sync_api import Browser, Page

from benchmarks.browser import HERE, WINDOW, both_served, percentiles

LINK = "?cell=lstm&forget_bias=1&seq_len=200&drag=forget_bias"
SLIDER = ".deck .drag input[type=range]"
ACROSS = 0.6  # seconds from one end of the slider to the other: fast enough to show another lane in each frame
THUMB = 8  # pixels from the slider's end to the middle of its thumb
LANES_ARE_HERE = f"document.querySelector('{SLIDER}')?.disabled === false"
CEILING = """seconds => new Promise(done => {
  let frames = 0, first;
  const tick = now => {
    first ??= now;
    if (now - first >= 1000 * seconds) return done(frames / seconds);
    frames += 1;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})"""


def open_app(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=WINDOW).new_page()
    page.add_init_script(path=HERE / "frames.js")
    page.goto(address)
    return page


def drag(page: Page, seconds: float) -> list[float]:
    """Move the slider to and fro; returns the times in milliseconds of the frames that showed another lane."""
    page.wait_for_function(LANES_ARE_HERE)
    page.wait_for_timeout(1000)
    box = page.locator(SLIDER).bounding_box()
    assert box is not None
    left, width, y = box["x"] + THUMB, box["width"] - 2 * THUMB, box["y"] + box["height"] / 2
    page.mouse.move(left, y)
    page.mouse.down()
    page.evaluate("frames_with_a_new_lane.length = 0")
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        position = elapsed / ACROSS % 2
        page.mouse.move(left + width * min(position, 2 - position), y)
    frames: list[float] = page.evaluate("frames_with_a_new_lane")
    page.mouse.up()
    return frames


def main(seconds: float) -> None:
    with both_served() as (browser, app, _):
        ceiling = browser.new_page().evaluate(CEILING, seconds)
        page = open_app(browser, f"{app}/{LINK}")
        drag(page, 1)  # heatmap images are made when they are first shown
        frames = drag(page, seconds)
    _, p95 = percentiles([after - before for before, after in pairwise(frames)])
    rate = len(frames) / seconds
    print(f"{rate:.1f} frames a second with another lane (to reach: 55); p95 between two of them {p95:.1f} ms")
    print(f"requestAnimationFrame alone: {ceiling:.1f}; share of it {rate / ceiling:.2f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
