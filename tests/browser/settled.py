"""Waits until a page is at rest: the script has ended, the deck has drawn its data, and both stay so for a moment."""

from __future__ import annotations

from playwright.sync_api import Page

# Streamlit sends a control's change after a short delay: one check of a quiet page is not enough.
QUIET_MS = 250

AT_REST = """([quiet, figures]) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const deck = document.querySelector('.deck')?.deck;
  const canvases = [...document.querySelectorAll('.deck .figure canvas[role=img]')];
  const drawn = deck?.header && !globalThis.deckInbox?.length && canvases[0]?.width > 0 && canvases[0].clientWidth > 0;
  const atRest = app?.getAttribute('data-test-script-state') === 'notRunning'
    && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && (drawn || !figures || document.querySelector('.st-key-question'));  // a question stands before its picture
  const now = performance.now();
  if (!atRest || window.drawnThen !== deck?.header) window.atRestSince = undefined;
  window.drawnThen = deck?.header;
  if (atRest) window.atRestSince ??= now;
  return atRest && now - window.atRestSince >= quiet;
}"""


def settled(page: Page, seconds: float = 30, figures: bool = True) -> Page:
    """Wait until `page` has come to rest; returns it.

    Args:
        figures: whether the deck is expected to draw.
    """
    page.evaluate("() => { window.atRestSince = undefined }")
    page.wait_for_function(AT_REST, arg=[QUIET_MS, figures], timeout=seconds * 1000)
    return page
