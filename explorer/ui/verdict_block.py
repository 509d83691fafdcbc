"""The verdict and its numbers as one piece of HTML. Everything in it is escaped, though none of it is a user's text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def verdict_block(headline: str, remarks: Sequence[tuple[str, str]], numbers: Sequence[tuple[str, str, str]]) -> str:
    """A heading, remarks as (bold lead or "", text), and numbers as (label, value, meaning) that keep their places."""
    said = " ".join((f"<b>{_sentence(lead)}</b> " if lead else "") + escape(text) for lead, text in remarks)
    listed = "".join(
        f'<div title="{escape(meaning)}"><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>'
        for label, value, meaning in numbers
    )
    return f'<section class="verdict"><h2>{escape(headline)}</h2><p>{said}</p><dl>{listed}</dl></section>'


def _sentence(lead: str) -> str:
    return escape(lead if lead.endswith(("?", ".")) else f"{lead}.")
