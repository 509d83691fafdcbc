"""What a link says of the cliff, cleaned on arrival."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from explorer.cliff.settings import CliffSettings
from explorer.errors import ExplorerError
from explorer.parameters import Parameter, table
from explorer.words import choice_label


def _read(row: Parameter, text: str) -> tuple[str | None, list[str]]:
    """The value as the controls spell it, or None with the reason."""
    value: Any = text.replace(" ", "_") if row.kind == "choice" else text
    try:
        taken = getattr(CliffSettings(**{row.name: value}), row.name)
    except ExplorerError as error:
        return None, [error.errors[0].sentence]
    if row.kind == "choice":
        return choice_label(taken), []
    return taken if row.kind == "text" else f"{taken:.10g}", []


CLIFF_READERS: dict[str, Callable[[str], tuple[str | None, list[str]]]] = {
    name: partial(_read, row) for name, row in table(CliffSettings).items()
}
