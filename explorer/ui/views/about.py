"""The view "about": what the page shows, what its numbers mean, the keys, and the sources of the equations."""

from __future__ import annotations

import streamlit as st

from explorer.show.words import catalogue, say

WIDTH = 820  # pixels


def page() -> None:
    """Draw the page, its lines short enough to read."""
    with st.container(width=WIDTH):
        _text()


def _text() -> None:
    st.title(say("about", "title"), anchor=False)
    st.markdown(say("about", "lead"))
    _section("ten_minutes", say("about", "ten_minutes_text"))
    defined, meanings = catalogue()["defined"], catalogue()["definition"]
    _section("meanings", "\n".join(f"* **{defined[name]}.** {text}" for name, text in meanings.items()))
    for name in ("keys", "teaching", "own"):
        _section(name, say("about", f"{name}_text"))
    papers = dict.fromkeys(line for text in catalogue()["source"].values() for line in text.strip().splitlines())
    _section("sources", "\n".join(f"* {paper}" for paper in papers))


def _section(name: str, text: str) -> None:
    st.subheader(say("about", name), anchor=False)
    st.markdown(text)
