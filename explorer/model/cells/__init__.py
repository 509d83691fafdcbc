"""The cells, by the name an experiment gives them. A new cell is one file here and one line below."""

from __future__ import annotations

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
