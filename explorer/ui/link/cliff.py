"""What a link says of the cliff, cleaned on arrival."""

from __future__ import annotations

from functools import partial
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import Parameter, table
from explorer.questions.cliff.settings import CliffSettings
from explorer.ui.link.readers import Reader, Taken, kept, nothing


def _read(row: Parameter, text: str) -> Taken:
    """The value as the controls spell it, or None with the reason."""
    value: Any = text.replace(" ", "_") if row.kind == "choice" else text
    try:
        taken = getattr(CliffSettings(**{row.name: value}), row.name)
    except ExplorerError as error:
        broken = error.errors[0]
        return nothing(broken.parameter, broken.rule, text if row.kind == "choice" else broken.got, broken.hint)
    return kept(row, taken, text)


CLIFF_READERS: dict[str, Reader] = {name: partial(_read, row) for name, row in table(CliffSettings).items()}
