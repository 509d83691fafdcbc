"""Readers of the link's cliff settings."""

from __future__ import annotations

from functools import partial
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import Parameter, table
from explorer.questions.cliff.settings import CliffSettings
from explorer.ui.link.readers import Reader, ReadResult, accepted, code_of, rejected


def _read(row: Parameter, text: str) -> ReadResult:
    """The value in the controls' spelling, or None with the reason."""
    value: Any = (code_of(text, row.choices) or text) if row.kind == "choice" else text
    try:
        parsed = getattr(CliffSettings(**{row.name: value}), row.name)
    except ExplorerError as error:
        failure = error.errors[0]
        return rejected(failure.parameter, failure.rule, text if row.kind == "choice" else failure.got, failure.hint)
    return accepted(row, parsed, text)


CLIFF_READERS: dict[str, Reader] = {name: partial(_read, row) for name, row in table(CliffSettings).items()}
