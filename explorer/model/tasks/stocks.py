"""Weekly prices of six companies, 2018 to 2019: from this week's returns, predict the next week's.

The data are `plotly.data.stocks()`, read from plotly's own folder: importing plotly and pandas for 105 rows would
delay the first figure by half a second. Returns are divided by their standard deviation; after the last week a window
continues with the first.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
from functools import cache
from pathlib import Path

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.model.tasks.contract import Batch, Curves, Task, windows

COMPANIES = 6


class Stocks(Task):
    """The task ``stocks``: next week's returns of six companies."""

    listens = 1

    def sizes(self, request):
        return COMPANIES, COMPANIES

    def draw(self, rng, request):
        return Batch(*windows(rng, weekly_returns(), request))

    def baseline(self, request, steps):
        return steps * float(np.mean(weekly_returns() ** 2))

    def sample(self, outputs, targets):
        """Each week's price, and its prediction from the true price of the week before."""
        spread = float(np.diff(np.log(weekly_prices()[:, 0])).std())
        came = np.exp(np.cumsum(targets[:, 0, 0]) * spread)
        before = np.concatenate([[1.0], came[:-1]])
        with np.errstate(over="ignore"):
            return Curves("price", came, before * np.exp(outputs[:, 0, 0] * spread))


@cache
def weekly_returns() -> np.ndarray:
    """(104, 6): log returns, each company's divided by its standard deviation.

    Raises:
        ExplorerError: plotly, which brings the data, is not installed.
    """
    prices = weekly_prices()
    returns = np.diff(np.log(prices), axis=0)
    returns /= returns.std(axis=0)
    returns.flags.writeable = False
    return returns


def weekly_prices() -> np.ndarray:
    """(105, 6) prices relative to the first week, as `plotly.data.stocks()` gives them.

    Raises:
        ExplorerError: plotly, which brings the data, is not installed.
    """
    plotly = importlib.util.find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise ExplorerError("task", "needs plotly, which brings the prices", "stocks", 'Install plotly, or use "text".')
    path = Path(plotly.origin).parent / "package_data" / "datasets" / "stocks.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return np.array([[float(price) for price in row[1:]] for row in rows[1:]])
