"""Collects garbage, and gives memory back, while nobody waits.

Streamlit would do it after every run, holding the interpreter for tens of milliseconds (see `runner.postScriptGC`);
without any, what its runs leave in circles piles up between Python's own rare full collections. So it is done now and
then, and what the imports have made, which stays anyway, is not looked at again. The memory that this frees goes back
to the system: of a hundred sessions' runs it was a third of all that the server held.
"""

from __future__ import annotations

import gc
import threading
from functools import cache

from explorer.base.backend import release_freed_memory

EVERY = 5.0  # seconds


@cache
def free_memory_regularly() -> None:
    """Start, once in a process."""
    gc.collect()
    gc.freeze()
    threading.Thread(target=_collect_for_ever, name="housekeeping", daemon=True).start()


def _collect_for_ever() -> None:
    waiting = threading.Event()
    while not waiting.wait(EVERY):
        gc.collect()
        release_freed_memory()
