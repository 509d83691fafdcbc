"""Escape text that a user typed, so that Markdown shows it and interprets none of it.

Backslashes are not enough: Streamlit looks for addresses, icons, emoji and arrows after it has removed them. It
interprets nothing inside code, so words with any such markup become code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from explorer.show.words import say

CODE = re.compile("`[^`]+`")
WORD = re.compile(r"(?:`[^`]+`|\S)+")
MARKUP = re.compile(r"[\\`*\[\]<>#~|&{}@$]|:\S|(?<!\w)_|_(?!\w)|www\.|--|[<>~]=", re.IGNORECASE)
TRAILING = ".,;"
LONGEST = 60
MOST_NOTES = 12  # sentences shown at once about rejected input; further ones are counted


def plain(sentence: str) -> str:
    """One line of Markdown that reads like `sentence`; parts in backticks stay code."""
    words = [found.group() for found in WORD.finditer(sentence)]
    runs = (list(run) for _, run in groupby(words, lambda word: CODE.fullmatch(word) is None))
    return " ".join(_run(run) for run in runs)


def counted(notes: Sequence[str]) -> list[str]:
    """A sentence with the number of notes that are not shown; an empty list if all are."""
    return [say("link", "more", count=len(notes) - MOST_NOTES)] if len(notes) > MOST_NOTES else []


def quoted(text: str) -> str:
    """The text as Markdown code, on one line and cut to `LONGEST` characters."""
    line = " ".join(text.split())
    return _code(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…") if line else '""'


def _run(words: list[str]) -> str:
    """Words without backticks around them: everything from the first one with markup to the last becomes code."""
    odd = [place for place, word in enumerate(words) if MARKUP.search(CODE.sub("", word))]
    if not odd:
        return " ".join(words)
    first, end = odd[0], odd[-1] + 1
    return " ".join([*words[:first], _code(" ".join(words[first:end])), *words[end:]])


def _code(words: str) -> str:
    """The words in backticks; punctuation at their end stays outside."""
    inside = words.rstrip(TRAILING) or words
    return f"`{inside.replace('`', chr(39))}`{words[len(inside) :]}"
