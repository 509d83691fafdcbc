"""Readers of one value of a link: the accepted text in the controls' spelling, and sentences for the user."""

from __future__ import annotations

from collections.abc import Callable, Collection

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import Parameter

ReadResult = tuple[str | None, list[str]]
"""The accepted text (None if it is rejected), and sentences for the user."""

Reader = Callable[[str], ReadResult]
LONGEST_CODE = 80
DIGITS = 10  # of a number in the link


def rejected(name: str, rule: str, text: str, hint: str) -> ReadResult:
    """The result for a rejected text, with the broken rule."""
    return None, [ExplorerError(name, rule, text, hint).sentence]


def spelled(row: Parameter, value: object) -> str:
    """A value as a link spells it: a choice by its code, a number with `DIGITS` digits."""
    return f"{value:.{DIGITS}g}" if isinstance(value, int | float) else str(value)


def accepted(row: Parameter, value: object, text: str) -> ReadResult:
    """The result for a valid value, with a sentence if it was rounded."""
    written = spelled(row, value)
    if isinstance(value, float) and float(written) != value:
        rule, hint = f"is kept to {DIGITS} digits", f"It is {written} now."
        return written, [ExplorerError(row.name, rule, text, hint).sentence]
    return written, []


def code_of(text: str, codes: Collection[str]) -> str | None:
    """The code that a text means, be it spelled as a label, with capitals or hyphens; None if it means none."""
    if text in codes:
        return text
    plain = {_plain(code): code for code in codes}
    return plain.get(_plain(text)) if len(text) < LONGEST_CODE else None


def _plain(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def one_of(name: str, choices: Collection[str] | Callable[[], Collection[str]]) -> Reader:
    """A reader of a choice among names; a callable gives names that may change at run time."""

    def read(text: str) -> ReadResult:
        names = tuple(choices() if callable(choices) else choices)
        if (code := code_of(text, names)) is not None:
            return code, []
        return rejected(name, "must be one of " + ", ".join(names), text, f"Try {names[0]}.")

    return read


def whole(name: str, lower: int, upper: int, hint: int) -> Reader:
    """A reader of a whole number between `lower` and `upper`, both included."""

    def read(text: str) -> ReadResult:
        if text.isascii() and text.isdecimal() and len(text) < 12 and lower <= int(text) <= upper:
            return str(int(text)), []
        return rejected(name, f"must be a whole number between {lower} and {upper}", text, f"Try {hint}.")

    return read


def truth(name: str) -> Reader:
    """A reader of a switch: true or false."""
    return lambda text: one_of(name, ("true", "false"))(text.lower() if len(text) < 6 else text)
