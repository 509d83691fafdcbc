"""What somebody typed, as Markdown that shows it and interprets none of it.

A backslash would not be enough: Streamlit looks for addresses, icons, emoji and arrows after the backslashes are gone.
In code it looks for nothing, so words that hold anything of the kind become code.
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
MOST_NOTES = 12  # sentences at once about what a stranger gave; further ones are counted


def plain(sentence: str) -> str:
    """One line of Markdown that reads as `sentence` does; what stands in backticks stays code."""
    words = [found.group() for found in WORD.finditer(sentence)]
    runs = (list(run) for _, run in groupby(words, lambda word: CODE.fullmatch(word) is None))
    return " ".join(_run(run) for run in runs)


def counted(notes: Sequence[str]) -> list[str]:
    """A sentence for those that are too many to be shown, if there are."""
    return [say("link", "more", count=len(notes) - MOST_NOTES)] if len(notes) > MOST_NOTES else []


def quoted(text: str) -> str:
    """Somebody's words as code, on one line and not too long."""
    line = " ".join(text.split())
    return _code(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…") if line else '""'


def _run(words: list[str]) -> str:
    """Words between ours in backticks: from the first odd one to the last it is code."""
    odd = [place for place, word in enumerate(words) if MARKUP.search(CODE.sub("", word))]
    if not odd:
        return " ".join(words)
    first, end = odd[0], odd[-1] + 1
    return " ".join([*words[:first], _code(" ".join(words[first:end])), *words[end:]])


def _code(words: str) -> str:
    """A full stop that ends a sentence of ours stays outside."""
    inside = words.rstrip(TRAILING) or words
    return f"`{inside.replace('`', chr(39))}`{words[len(inside) :]}"
