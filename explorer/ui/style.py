"""CSS that Streamlit's theme has no option for: density, tabular figures, and elements that keep their places."""

from __future__ import annotations

import streamlit as st

CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding: 0.5rem 2rem 2rem; max-width: 1500px; }
[data-testid="stHeader"] { background: transparent; pointer-events: none; }
[data-testid="stHeader"] button { pointer-events: auto; }
.st-key-header { flex-wrap: nowrap; min-height: 48px; }
.st-key-header { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.st-key-header h1 { white-space: nowrap; font-size: 1.35rem; }
.st-key-header h1 span { font-size: 1rem; font-weight: 600; }
.st-key-header > :has(.copy-link) { flex: none; width: auto; margin-left: auto; }
.st-key-header .copy-link { flex-wrap: nowrap; }
.st-key-header .copy-link button { min-height: 2.2rem; white-space: nowrap; }
body:has([data-testid="stExpandSidebarButton"]) .st-key-header { padding-left: 2.6rem; }
[data-testid="stSidebarHeader"] { height: 2.2rem; padding-bottom: 0; margin-bottom: 0; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.55rem; }
[data-testid="stMain"] h1 { font-size: 1.55rem; padding: 0; }
[data-testid="stMain"] h3 { font-size: 1.15rem; padding: 0.3rem 0; }
.katex-display { overflow-x: auto; overflow-y: hidden; }
.st-key-derived .katex { font-size: 1.02em; }
.st-key-derived .katex .base { margin: 0.2em 0; }
.st-key-derived [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
.st-key-derived [data-testid="stColumn"] { flex: 1 1 440px; min-width: min(440px, 100%); }
.st-key-derived p { overflow-x: auto; overflow-y: hidden; line-height: 1.9; }
.st-key-view button { padding: 0 0.7rem; }
.st-key-view button p { text-transform: capitalize; }
.st-key-cell button { padding: 0 0.5rem; min-height: 1.9rem; }
.st-key-cell button p { font-size: 0.78rem; }
.verdict h2 { padding: 0 0 0.2rem; margin: 0; font-size: 1.55rem; line-height: 1.25; font-weight: 600; }
.verdict p { margin: 0; min-height: 4.6em; line-height: 1.5; }
.verdict dl { display: flex; flex-wrap: wrap; gap: 0.2rem 3.5rem; margin: 0.5rem 0 0; padding: 0; }
.verdict dl div { min-width: 10rem; cursor: help; }
.verdict dt { margin: 0; font-size: 0.875rem; opacity: 0.85; font-weight: 400; }
.verdict dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict dd.range { font-size: 0.82rem; min-width: 15.5rem; opacity: 0.9; }
.st-key-deck_code, .st-key-library, .st-key-stage, .st-key-lanes,
.st-key-seeds_block { display: none; }
/* The deck has the verdict too, in one frame with its figures; without a deck the page's own is seen, and why. */
body:has(.deck) [data-testid="stElementContainer"]:has(> * .source),
body:not(:has(.verdict.source)) [data-testid="stElementContainer"]:has(> * .failed) { display: none; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.5rem; }
[data-testid="stMainBlockContainer"] [data-testid="stCaptionContainer"] p { max-width: 110ch; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; opacity: 0.88; }
.source.failed { animation: appear 0s 3s both; } /* the deck may still be on its way */
body:not(:has(.deck)) .st-key-deck { animation: keep-place 3s; } /* so that it moves nothing when it comes */
@keyframes keep-place { from, to { min-height: 100vh; } }
@keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
@media (min-width: 641px) and (max-width: 1250px) { /* the name is for readers of screens alone */
  .st-key-header h1 span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (max-width: 1150px) {
  .verdict h2 { min-height: 2.5em; }
  .verdict p { min-height: 4.6em; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 0.4rem 0.8rem 1rem; }
  .st-key-header { flex-wrap: wrap; }
  .st-key-derived .katex { font-size: 0.82em; }
  .verdict h2, .verdict p { min-height: 0; }
  .verdict dl { gap: 0.2rem 1.2rem; }
  .verdict dl div { min-width: 7rem; }
}
@media (prefers-reduced-motion: reduce) {
  *:not(.failed, .st-key-deck) { transition: none !important; animation: none !important; }
}
</style>
"""


def apply_style() -> None:
    """Add the page's CSS."""
    st.html(CSS)
