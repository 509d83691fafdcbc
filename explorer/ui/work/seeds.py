"""Many seeds at once: the control, and a cache of their bands."""

from __future__ import annotations

import threading

import streamlit as st
from cachetools import LRUCache, cached

from explorer.engine.experiment import Experiment
from explorer.questions.seed_bands import Bands, bands
from explorer.show.words import say
from explorer.ui.link.opening import SEEDS, SEEDS_CHOICES
from explorer.ui.state.page import held
from explorer.ui.work.watching import watched

CACHE_BYTES = 8 * 2**20  # of norms; at 100 steps about 10 kB per experiment
_COMPUTED = threading.Condition()


def seeds_control() -> None:
    """Draw the choice of the number of seeds."""
    st.segmented_control(
        say("seeds", "label"),
        SEEDS_CHOICES,
        default=SEEDS_CHOICES[0],
        required=True,
        help=say("seeds", "help"),
        **held(SEEDS),
    )


def chosen_seeds() -> int:
    """The chosen number of seeds; 0 for none."""
    chosen = st.session_state.get(SEEDS, SEEDS_CHOICES[0])
    return int(chosen) if chosen in SEEDS_CHOICES[1:] else 0


def _size(result: Bands) -> int:
    return min(CACHE_BYTES, sum(norms.nbytes for norms in result.log10_state_grad_norm.values()))


_BANDS: LRUCache[tuple[Experiment, int], Bands] = LRUCache(CACHE_BYTES, getsizeof=_size)


@cached(_BANDS, key=lambda experiment, seeds: (experiment, seeds), condition=_COMPUTED)
def bands_of(experiment: Experiment, seeds: int) -> Bands:
    """The bands over this many seeds, cached; a newer run of the session ends the computation."""
    return watched(bands.steps(experiment, seeds))


def remembered(experiment: Experiment, seeds: int) -> Bands | None:
    """The bands if they are cached, else None."""
    with _COMPUTED:
        return _BANDS.get((experiment, seeds)) if seeds else None
