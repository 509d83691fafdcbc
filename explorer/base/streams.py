"""Streams of random numbers: each name under a seed has its own, so that no draw depends on another."""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, name: str, *index: int) -> np.random.Generator:
    """The generator of the stream `name`, or of its part `index`, under an experiment's seed."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode()), *index]))
