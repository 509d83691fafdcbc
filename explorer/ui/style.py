"""The few rules that Streamlit's theme has no word for: density, tabular figures, and places that do not move."""

from __future__ import annotations

import streamlit as st

CSS = """
<style>
[data-testid="stMainBlockContainer"] { padding: 2.2rem 2rem 2rem; max-width: 1500px; }
[data-testid="stSidebarHeader"] { height: 2.2rem; padding-bottom: 0; margin-bottom: 0; }
[data-testid="stSidebarUserContent"] { padding-bottom: 2rem; }
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] { gap: 0.55rem; }
.st-key-cell button { text-transform: uppercase; }
.st-key-verdict { min-height: 5.2rem; }
.st-key-verdict h2 { padding: 0 0 0.15rem; font-size: 1.55rem; line-height: 1.25; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; font-size: 1.45rem; }
[data-testid="stMetricLabel"] { opacity: 0.85; }
.st-key-numbers { min-height: 4.4rem; }
h3 { font-size: 1.02rem !important; padding: 0.2rem 0 0 !important; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.5rem; }
[data-testid="stMainBlockContainer"] [data-testid="stCaptionContainer"] p { max-width: 110ch; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; opacity: 0.88; }
@media (max-width: 1150px) {
  .st-key-verdict { min-height: 7.6rem; }
  .st-key-insides [data-testid="stHorizontalBlock"] { flex-direction: column; }
  .st-key-insides [data-testid="stColumn"] { width: 100%; flex: 1 1 100%; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem 0.8rem 1rem; }
  .st-key-numbers [data-testid="stHorizontalBlock"] { flex-flow: row wrap; gap: 0.4rem 1rem; }
  .st-key-numbers [data-testid="stColumn"] { min-width: 42%; flex: 1 1 42%; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
</style>
"""


def apply_style() -> None:
    st.html(CSS)
