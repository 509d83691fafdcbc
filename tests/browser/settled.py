"""When a page has come to rest: the script has ended, every chart is drawn, and it stays so for a moment."""

from __future__ import annotations

from playwright.sync_api import Page

# A control's change reaches the server after a short delay of Streamlit's: one look at a quiet page is not enough.
QUIET_MS = 250

AT_REST = """quiet => {
  const app = document.querySelector('[data-testid="stApp"]');
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  const atRest = app?.getAttribute('data-test-script-state') === 'notRunning'
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && charts.every(chart => chart.querySelector('.main-svg'));
  const now = performance.now();
  window.atRestSince = atRest ? window.atRestSince ?? now : undefined;
  return atRest && now - window.atRestSince >= quiet;
}"""


def settled(page: Page, seconds: float = 30) -> Page:
    """Wait until `page` has come to rest; returns it."""
    page.evaluate("() => { window.atRestSince = undefined }")
    page.wait_for_function(AT_REST, arg=QUIET_MS, timeout=seconds * 1000)
    return page
