"""All words of random experiments: no broken number, nothing said twice, nothing that contradicts the numbers.

A share runs here; all of them by ``EXPLORER_RANDOM_WORDS=3000 make test ARGS="-k random_words"``.
"""

import os
import random

import pytest

import explorer
from explorer.show.lenses import LENSES
from explorer.show.words.remedies import what_next
from tests.common.random_runs import SUPPLIES, experiment, supplied_run
from tests.common.sayings import faults, said_of

COUNT = int(os.environ.get("EXPLORER_RANDOM_WORDS", "120"))
AT_ONCE = 20  # experiments of one test: thousands of tests would be slower to collect than to run


@pytest.mark.parametrize("first", range(0, COUNT, AT_ONCE))
def test_random_words_hold(first):
    for seed in range(first, min(first + AT_ONCE, COUNT)):
        rng = random.Random(f"words {seed}")
        kind = rng.choice((None, None, *SUPPLIES))
        trace = explorer.run(experiment(rng)) if kind is None else supplied_run(rng, kind)
        lenses = rng.sample(list(LENSES), 2) if trace.experiment.seq_len <= 60 else []
        texts = said_of(trace, lenses)
        if seed % 5 == 0:
            texts["tried"] = what_next(trace)
        found = faults(trace, texts)
        assert not found, (seed, kind, trace.experiment, found)
