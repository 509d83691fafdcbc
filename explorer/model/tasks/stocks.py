"""Weekly prices of six companies, 2018 to 2019: from this week's returns, predict the next week's.

The data are `plotly.data.stocks()`, read from plotly's own folder: importing plotly and pandas for 105 rows would
cost the first picture half a second. Returns are divided by their standard deviation; after the last week a window
reads on from the first.
"""

from __future__ import annotations

import csv
import gzip
import importlib.util
from functools import cache
from pathlib import Path

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.model.tasks.contract import Batch, windows

COMPANIES = 6


class Stocks:
    free_input_size = False

    def sizes(self, request):
        return COMPANIES, COMPANIES

    def draw(self, rng, request):
        return Batch(*windows(rng, weekly_returns(), request))


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
    """(105, 6) prices relative to the first week, as `plotly.data.stocks()` gives them."""
    plotly = importlib.util.find_spec("plotly")
    if plotly is None or plotly.origin is None:
        raise ExplorerError("task", "needs plotly, which brings the prices", "stocks", 'Install plotly, or use "text".')
    path = Path(plotly.origin).parent / "package_data" / "datasets" / "stocks.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return np.array([[float(price) for price in row[1:]] for row in rows[1:]])
