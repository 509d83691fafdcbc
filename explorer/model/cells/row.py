"""A cell's row in the table of cells: what the upper floors need to know of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.model.cells.contract import METHODS, Cell

PlainStep = Callable[..., tuple[dict[str, Any], dict[str, Any]]]


@dataclass(frozen=True)
class CellRow:
    """One cell.

    Attributes:
        kind: its class.
        colour: in which figures draw it, such as ``#0072B2``; "" for one that is free.
        label, source: its name for people, and the papers behind it, a line each, for a cell that the catalogue of
            words does not know.
        plain: its step for the oracle, written in plain torch: (torch, φ, p, x, s) → states, gates; see
            `explorer.questions.proof.plain_cells`, which has those of the cells that ship.
    """

    kind: type[Cell]
    colour: str = ""
    label: str = ""
    source: str = ""
    plain: PlainStep | None = None


def as_row(name: str, given: Any) -> CellRow:
    """A row, or a class alone, as a row.

    Raises:
        ExplorerError: it is no cell, or lacks something that a cell has.
    """
    row = given if isinstance(given, CellRow) else CellRow(given)
    if not (inspect.isclass(row.kind) and issubclass(row.kind, Cell)):
        raise ExplorerError("cell", "must be a subclass of explorer.Cell", name)
    missing = [method for method in METHODS if getattr(row.kind, method) is getattr(Cell, method)]
    missing += [attribute for attribute in ("states", "equations") if not hasattr(row.kind, attribute)]
    if missing:
        raise ExplorerError("cell", f"lacks {', '.join(missing)}", name)
    try:
        made = row.kind()
        fits = len(made.reading.drives) == len(row.kind.blocks) and made.states[0] == "h" and bool(made.bounds)
    except (ValueError, TypeError, KeyError) as failure:
        raise ExplorerError("cell", "must have equations that can be read", name, f"{failure}.") from failure
    if not fits:
        rule = (
            f"must have h as its first state, and a drive x_… in its equations for each of {', '.join(row.kind.blocks)}"
        )
        raise ExplorerError("cell", rule, name)
    return row
