"""(c) From a key press on a control to the repainted page, in Chromium: the app against a bare page of the same charts.

Both pages are open side by side and take turns. The app draws another seed before each change, so that every change
computes a trace and none comes from the app's memory; that draw is not timed. The bare page's charts are read off the
app's page, or taken from `BARE_PAGE` (see `benchmarks.bare_page`) where the app draws otherwise than with plotly.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

from explorer import Experiment
from explorer.parameters import table
from tools import find_chromium
from tools.served import ROOT, served

CONTROL = "Sequence length"
FRESH = "Draw again"
WARM_UP = 3
QUIET_MS = 300  # a page is done when its script has ended and nothing was painted for so long
OPENING_QUIET_MS = 1500  # the first time, plotly itself has to be loaded in between
LOGS = ROOT / "out" / "bench"

# Notes when the last visible change of the main column was painted: a change asks for the next frame, and a message
# posted from that frame comes back when the frame is done.
STOPWATCH = """
(() => {
  const watch = window.stopwatch = {started: 0, changed: 0, painted: 0};
  let waiting = false;
  const change = () => {
        watch.changed = performance.now();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const frame = new MessageChannel();
      frame.port1.onmessage = () => { watch.painted = performance.now(); };
      frame.port2.postMessage(0);
    });
  };
  const visible = ({type, target}) => {
    const element = target.nodeType === 1 ? target : target.parentElement;
    return element?.closest('[data-testid="stMain"]') && !element.closest('[data-testid="stHeader"], .modebar')
      && (type !== 'attributes' || element instanceof SVGElement);
  };
  new MutationObserver(records => { if (records.some(visible)) change(); })
    .observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
  document.addEventListener('load', change, true);  // a heatmap's picture
  for (const name of ['stroke', 'fillRect', 'putImageData', 'drawImage']) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.isConnected) change();
      return draw.apply(this, given);
    };
  }
  window.addEventListener('keydown', event => { watch.started = event.timeStamp; }, true);
  watch.reset = () => Object.assign(watch, {started: 0, changed: 0, painted: 0});
  watch.done = quiet => watch.painted > watch.changed && performance.now() - watch.painted > quiet
    && document.querySelector('[data-test-script-state="notRunning"]') !== null;
})()
"""

CHARTS = """steps => [...document.querySelectorAll('.js-plotly-plot')].map(chart => ({
  width: chart.clientWidth,
  height: chart.clientHeight,
  traces: chart._fullData.map(({type, x, z, mode, fill}) => {
    const points = type === 'heatmap' ? z[0].length : x.length;
    return {type, points: points === steps ? null : points, rows: z?.length ?? null, mode, fill};
  }),
}))"""


def open_page(browser: Any, address: str) -> Page:
    page: Page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(STOPWATCH)
    page.goto(address)
    control_of(page).wait_for(state="attached")
    wait_until_done(page, OPENING_QUIET_MS)
    return page


def control_of(page: Page) -> Locator:
    return page.get_by_role("slider", name=CONTROL)


def wait_until_done(page: Page, quiet_ms: int = QUIET_MS) -> None:
    page.wait_for_function("quiet => stopwatch.done(quiet)", arg=quiet_ms, polling=50)


def value_of(page: Page) -> int:
    return int(control_of(page).get_attribute("aria-valuetext") or 0)


def draw_again(page: Page) -> None:
    page.bring_to_front()
    page.evaluate("stopwatch.reset()")
    page.get_by_role("button", name=FRESH).click()
    wait_until_done(page)


def milliseconds(page: Page, key: str) -> float:
    """From `key` on the control until its last consequence was painted."""
    page.bring_to_front()
    control_of(page).focus()
    page.evaluate("stopwatch.reset()")
    page.keyboard.press(key)
    wait_until_done(page)
    return float(page.evaluate("stopwatch.painted - stopwatch.started"))


def describe(app: Page) -> str:
    """The bare page that goes with the app's, as `benchmarks.bare_page` reads it."""
    if "BARE_PAGE" in os.environ:
        return os.environ["BARE_PAGE"]
    steps = value_of(app)
    charts = app.evaluate(CHARTS, steps)
    if not charts:
        raise SystemExit("The app's page shows no plotly charts: say in BARE_PAGE what to compare it with.")
    stops = table(Experiment)["seq_len"].stops
    return json.dumps({"label": CONTROL, "stops": stops, "value": steps, "charts": charts})


def main(changes: int) -> None:
    path = find_chromium.find()
    if path is None:
        print("No Chromium here: nothing was measured.")
        return
    with sync_playwright() as playwright, served(ROOT / "app.py", LOGS / "app.log") as app_address:
        browser = playwright.chromium.launch(executable_path=path, args=find_chromium.ARGUMENTS)
        app = open_page(browser, app_address)
        description = describe(app)
        script = Path(__file__).with_name("bare_page.py")
        with served(script, LOGS / "bare_page.log", BARE_PAGE=description) as bare_address:
            bare = open_page(browser, bare_address)
            times: dict[Page, list[float]] = {app: [], bare: []}
            for number in range(WARM_UP + changes):
                draw_again(app)
                for page, taken in times.items():
                    taken.append(milliseconds(page, "ArrowLeft" if number % 2 else "ArrowRight"))
            browser.close()
    sizes = ", ".join(f"{chart['width']}×{chart['height']}" for chart in json.loads(description)["charts"])
    print(f'{changes} changes of "{CONTROL}", charts of {sizes}')
    medians = []
    for name, taken in (("app", times[app]), ("bare page", times[bare])):
        measured = taken[WARM_UP:]
        medians.append(statistics.median(measured))
        print(f"{name:9}  p50 {medians[-1]:6.1f} ms   p95 {statistics.quantiles(measured, n=20)[-1]:6.1f} ms")
    print(f"ratio of the p50s: {medians[0] / medians[1]:.2f} (to reach: at most 1.25)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
