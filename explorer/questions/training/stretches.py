"""A long record in few points: equal stretches of iterations, each with what its values were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Stretches:
    """The values of n iterations in m stretches of `width` iterations each; the last one may be shorter.

    Attributes:
        width: iterations of a stretch; 1 where nothing had to be put together.
        middle: (m,) the iteration, from 1 on, in the middle of each; of an even number the earlier one.
        lengths: (m,) number of iterations.
        low, mean, high: (m,) the least, the mean and the largest of the finite values; NaN where there is none.
        whole: (m,) whether all values are finite.
    """

    width: int
    middle: np.ndarray
    lengths: np.ndarray
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray
    whole: np.ndarray


def in_stretches(values: np.ndarray, most: int) -> Stretches:
    """Put (n,) values, one for each iteration, into at most `most` stretches."""
    edges = stretch_edges(len(values), most)
    starts, lengths = edges[:-1], np.diff(edges)
    finite = np.isfinite(values)
    if not len(values):
        none = np.empty(0)
        return Stretches(1, starts, lengths, none, none, none, finite)
    low = np.minimum.reduceat(np.where(finite, values, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, values, -np.inf), starts)
    counts = np.add.reduceat(finite.astype(np.int64), starts)
    parts = np.where(finite, values, 0.0) / np.repeat(np.maximum(counts, 1), lengths)  # their sum cannot overflow
    mean = np.clip(np.add.reduceat(parts, starts), low, high)  # by rounding it may lie beyond them
    missing = counts == 0
    low[missing], mean[missing], high[missing] = np.nan, np.nan, np.nan
    middle = starts + (lengths + 1) // 2
    return Stretches(int(lengths[0]), middle, lengths, low, mean, high, counts == lengths)


def largest_of_each(norms: np.ndarray, most: int) -> np.ndarray:
    """(n,) norms → (m,) indices of the largest in each of at most `most` stretches; NaN is less than any norm."""
    n = len(norms)
    if n <= most:
        return np.arange(n)
    edges = stretch_edges(n, most)
    width = edges[1]
    padded = np.full(width * (len(edges) - 1), -1.0)
    padded[:n] = np.where(np.isnan(norms), -1.0, norms)
    return edges[:-1] + padded.reshape(-1, width).argmax(axis=1)


def stretch_edges(count: int, most: int) -> np.ndarray:
    """(m + 1,) the edges of at most `most` equal stretches from 0 to `count`; the last one may be shorter."""
    width = max(1, -(-count // most))
    return np.append(np.arange(0, count, width), count) if count else np.array([0])
