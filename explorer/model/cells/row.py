"""A row of the table of cells: the facts that other packages need to know of a cell."""

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
        colour: its colour in figures, such as ``#0072B2``; "" takes one that is free.
        label, source: its name for people, and its papers, one per line, for a cell that the catalogue of words does
            not know.
        plain: its step in plain torch, for the oracle: (torch, φ, p, x, s) → states, gates;
            `explorer.questions.proof.plain_cells` has the steps of the cells that ship.
    """

    kind: type[Cell]
    colour: str = ""
    label: str = ""
    source: str = ""
    plain: PlainStep | None = None


def as_row(name: str, given: Any) -> CellRow:
    """`given`, a row or a class, as a checked row; `name` is for the messages.

    Raises:
        ExplorerError: it is not a cell, lacks a method or an attribute, or its equations cannot be parsed.
    """
    row = given if isinstance(given, CellRow) else CellRow(given)
    if not (inspect.isclass(row.kind) and issubclass(row.kind, Cell)):
        raise ExplorerError("cell", "must be a subclass of explorer.Cell", name)
    missing = [method for method in METHODS if getattr(row.kind, method) is getattr(Cell, method)]
    missing += [attribute for attribute in ("states", "equations") if not hasattr(row.kind, attribute)]
    if missing:
        raise ExplorerError("cell", f"lacks {', '.join(missing)}", name)
    try:
        cell = row.kind()
        fits = len(cell.reading.drives) == len(row.kind.blocks) and cell.states[0] == "h" and bool(cell.bounds)
    except (ValueError, TypeError, KeyError) as failure:
        raise ExplorerError("cell", "must have equations that can be read", name, f"{failure}.") from failure
    if not fits:
        rule = (
            f"must have h as its first state, and a drive x_… in its equations for each of {', '.join(row.kind.blocks)}"
        )
        raise ExplorerError("cell", rule, name)
    return row
