"""What twins did with suggested thresholds, computed once for all sessions."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from cachetools import LRUCache, cached

from explorer.questions.threshold_twin import Tried, tried_suggestion, twin_iterations
from explorer.questions.training import History
from explorer.show.words import say
from explorer.show.words.numbers import short
from explorer.ui.work.watching import watched

REMEMBERED = 256  # results, each of a few numbers


def _key(history: History, threshold: float) -> Hashable:
    """All that the result depends on; page trainings start from the weights of their experiment."""
    plan = history.plan.replace(steps=1, evaluate_every=1)
    return history.experiments[0], plan, threshold, twin_iterations(history)


@cached(LRUCache[Hashable, Tried](REMEMBERED), key=_key, condition=threading.Condition())
def tried_of(history: History, threshold: float) -> Tried:
    """What a twin of the first lane did with `threshold`; a newer run of the session ends the attempt."""
    return watched(tried_suggestion.steps(history, threshold), say("trial", "trying", threshold=short(threshold)))
