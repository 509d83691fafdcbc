"""The cells, by the name an experiment gives them. A new cell is one file here and one line below."""

from __future__ import annotations

from explorer.cells.contract import Cell
from explorer.cells.gru import GRU
from explorer.cells.gru_reset_before import GRUResetBefore
from explorer.cells.higher_order import HigherOrder
from explorer.cells.indrnn import IndRNN
from explorer.cells.lru import LRU
from explorer.cells.lstm import LSTM
from explorer.cells.lstm_coupled import LSTMCoupled
from explorer.cells.lstm_peephole import LSTMPeephole
from explorer.cells.mgu import MGU
from explorer.cells.min_gru import MinGRU
from explorer.cells.rnn import RNN

CELLS: dict[str, type[Cell]] = {
    "rnn": RNN,
    "lstm": LSTM,
    "gru": GRU,
    "gru_reset_before": GRUResetBefore,
    "lstm_peephole": LSTMPeephole,
    "lstm_coupled": LSTMCoupled,
    "mgu": MGU,
    "min_gru": MinGRU,
    "indrnn": IndRNN,
    "higher_order": HigherOrder,
    "lru": LRU,
}


def make_cell(name: str, **choices: str) -> Cell:
    """The cell called `name`, made with those of `choices` that it has (an RNN has an activation)."""
    kind = CELLS[name]
    return kind(**{key: value for key, value in choices.items() if key in kind.choices})
