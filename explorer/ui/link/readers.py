"""Readers of one value of a link: what is kept of the text, in the controls' spelling, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import Parameter
from explorer.show.words import choice_label

Taken = tuple[str | None, list[str]]
"""What is kept of a value (None: nothing), and what is to be said about it."""

Reader = Callable[[str], Taken]
DIGITS = 10


def nothing(name: str, rule: str, text: str, hint: str) -> Taken:
    """Nothing is kept, for a reason."""
    return None, [ExplorerError(name, rule, text, hint).sentence]


def spelled(row: Parameter, value: object) -> str:
    """A value as the controls write it into the link."""
    if row.kind == "choice":
        return choice_label(value)
    return f"{value:.{DIGITS}g}" if isinstance(value, int | float) else str(value)


def kept(row: Parameter, value: object, text: str) -> Taken:
    """A value that fits its row; that it was rounded is said."""
    written = spelled(row, value)
    if isinstance(value, float) and float(written) != value:
        rule, hint = f"is kept to {DIGITS} digits", f"It is {written} now."
        return written, [ExplorerError(row.name, rule, text, hint).sentence]
    return written, []


def one_of(name: str, choices: Collection[str] | Callable[[], Collection[str]]) -> Reader:
    """A page's own choice, among names that may become more."""

    def read(text: str) -> Taken:
        names = tuple(choices() if callable(choices) else choices)
        if text in names:
            return text, []
        return nothing(name, "must be one of " + ", ".join(names), text, f"Try {names[0]}.")

    return read


def whole(name: str, lower: int, upper: int, hint: int) -> Reader:
    """A page's own whole number."""

    def read(text: str) -> Taken:
        if text.isascii() and text.isdecimal() and len(text) < 12 and lower <= int(text) <= upper:
            return str(int(text)), []
        return nothing(name, f"must be a whole number between {lower} and {upper}", text, f"Try {hint}.")

    return read


def truth(name: str) -> Reader:
    """A page's own switch."""
    return lambda text: one_of(name, ("true", "false"))(text.lower() if len(text) < 6 else text)
