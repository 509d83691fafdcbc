"""Streams of random numbers: one for each name under a seed, so that a draw depends on no other."""

from __future__ import annotations

import zlib

import numpy as np


def generator(seed: int, name: str, *index: int) -> np.random.Generator:
    """The generator of the stream `name`, or of its part `index`, under an experiment's seed."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode()), *index]))
