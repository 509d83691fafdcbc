"""The cells, by the names that experiments use. A new cell takes a file here, a row below, and its step in torch."""

from __future__ import annotations

from typing import Literal

from explorer.base.registry import Registry
from explorer.model.cells.contract import Cell
from explorer.model.cells.gru import GRU
from explorer.model.cells.gru_reset_before import GRUResetBefore
from explorer.model.cells.higher_order import HigherOrder
from explorer.model.cells.indrnn import IndRNN
from explorer.model.cells.lru import LRU
from explorer.model.cells.lstm import LSTM
from explorer.model.cells.lstm_coupled import LSTMCoupled
from explorer.model.cells.lstm_peephole import LSTMPeephole
from explorer.model.cells.mgu import MGU
from explorer.model.cells.min_gru import MinGRU
from explorer.model.cells.rnn import RNN
from explorer.model.cells.row import CellRow, PlainStep, as_row
from explorer.model.cells.slstm import SLSTM

CellName = Literal[
    "rnn",
    "lstm",
    "gru",
    "gru_reset_before",
    "lstm_peephole",
    "lstm_coupled",
    "mgu",
    "min_gru",
    "indrnn",
    "higher_order",
    "lru",
    "slstm",
]
"""The names that ship, for type checkers; at run time registered names are valid as well."""

SHIPPED: dict[CellName, CellRow] = {  # a variant has a colour near its family's; labels and dashes tell runs apart
    "rnn": CellRow(RNN, "#D55E00"),
    "lstm": CellRow(LSTM, "#0072B2"),
    "gru": CellRow(GRU, "#009E73"),  # reset after the product, as torch
    "gru_reset_before": CellRow(GRUResetBefore, "#E69F00"),  # Cho 2014
    "lstm_peephole": CellRow(LSTMPeephole, "#5B7FD9"),  # gates read c
    "lstm_coupled": CellRow(LSTMCoupled, "#1F87A8"),  # i = 1 − f
    "mgu": CellRow(MGU, "#5F9E3A"),  # one gate f, which renews
    "min_gru": CellRow(MinGRU, "#3A8F8F"),  # z and candidate read only the input; z renews
    "indrnn": CellRow(IndRNN, "#C2544E"),  # a unit reads only its own past
    "higher_order": CellRow(HigherOrder, "#E0566B"),  # order 2: reads its last two states
    "lru": CellRow(LRU, "#8A9A00"),  # linear, complex, diagonal
    "slstm": CellRow(SLSTM, "#4C6EAF"),  # exponential input gate, normaliser, stabiliser
}

CELLS: Registry[CellRow] = Registry("cell", SHIPPED, as_row)


def register_cell(
    name: str,
    cell: type[Cell],
    *,
    label: str = "",
    colour: str = "",
    source: str = "",
    plain: PlainStep | None = None,
) -> CellName:
    """Add a cell: the page, the command line, links, lenses and proof then treat it like those that ship.

    An installed package does the same with an entry point in the group ``gradient_flow_explorer.cells``.

    Args:
        name: the value for ``Experiment(cell=…)``: small letters, digits, underscores.
        label, colour, source, plain: see `explorer.model.cells.row.CellRow`.

    Returns:
        the name; type checkers take it for one that ``Experiment.cell`` accepts.

    Raises:
        ExplorerError: the name is not valid or is taken, or the class is not a complete cell.
    """
    CELLS.add(name, CellRow(cell, colour, label, source, plain))
    return name  # type: ignore[return-value]


def make_cell(name: str, **choices: str) -> Cell:
    """The cell called `name`, made with those of `choices` that its constructor takes (an RNN takes an activation)."""
    kind = CELLS[name].kind
    return kind(**{key: value for key, value in choices.items() if key in kind.choices})
