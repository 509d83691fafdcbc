"""A background thread that collects garbage and returns freed memory to the system.

Streamlit would collect after every run, which blocks the interpreter for tens of milliseconds (`runner.postScriptGC`).
Without that, reference cycles of the runs pile up between Python's rare full collections. So this thread collects every
few seconds; objects of the imports, which stay anyway, are frozen out of it. The freed memory goes back to the system:
after the runs of a hundred sessions it was a third of the server's memory.
"""

from __future__ import annotations

import gc
import threading
from functools import cache

from explorer.base.backend import release_freed_memory

EVERY = 5.0  # seconds


@cache
def free_memory_regularly() -> None:
    """Start the thread, once per process."""
    gc.collect()
    gc.freeze()
    threading.Thread(target=_collect_for_ever, name="housekeeping", daemon=True).start()


def _collect_for_ever() -> None:
    waiting = threading.Event()
    while not waiting.wait(EVERY):
        gc.collect()
        release_freed_memory()
