"""Claims of presets and stories: comparisons that hold for the numbers of a run, such as ``"-20 > decay"``.

A name may lead to another run: ``decay_in_scene_2`` to a scene of the same story, ``decay_in_story`` to the story's own
experiment, and ``decay_in_lstm_forget_0`` to the preset lstm-forget-0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from explorer.base.arithmetic import evaluate, is_comparison, names_in
from explorer.base.errors import ExplorerError
from explorer.show.quantities import NAMES

ELSEWHERE = "_in_"


def quantity_and_place(name: str) -> tuple[str, str]:
    """``decay_in_scene_2`` → (``decay``, ``scene_2``); the place is empty for the run itself."""
    quantity, _, place = name.partition(ELSEWHERE)
    return quantity, place


def claim_error(parameter: str, claim: str) -> ExplorerError | None:
    """An error that names `parameter` if `claim` is no comparison of quantities; whether it holds is not asked."""
    try:
        unknown = {name for name in names_in(claim) if quantity_and_place(name)[0] not in NAMES}
        fits = not unknown and is_comparison(claim)
    except ValueError:
        unknown, fits = set(), False
    rule = 'must be a comparison of numbers such as "-20 > decay"'
    return None if fits else ExplorerError(parameter, rule, ", ".join(sorted(unknown)) or claim)


def false_claims(claims: Sequence[str], number: Callable[[str, str], float]) -> list[str]:
    """Those of the claims that do not hold; one about a number that is not finite never does.

    Args:
        number: (quantity, place) → the number, see `quantity_and_place`.
    """

    def value_of(name: str) -> np.ndarray:
        value = number(*quantity_and_place(name))
        return np.asarray(value if np.isfinite(value) else np.nan)

    return [claim for claim in claims if evaluate(claim, value_of) != 1.0]
