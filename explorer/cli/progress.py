"""A progress bar for long work: drawn on a terminal after half a second of waiting, and nowhere else."""

from __future__ import annotations

import sys
import time
from typing import TypeVar

from explorer.base.long_work import Work, finished

Result = TypeVar("Result")
PATIENCE, SHOW_EVERY = 0.5, 0.2  # seconds before the first drawing, and between two
WIDTH = 20  # characters of the bar
CLEAR = "\x1b[K"  # ANSI code: erase the rest of the line


def watched(work: Work[Result]) -> Result:
    """Drive `work` to its end behind a progress bar; return its result."""
    if not sys.stderr.isatty():
        return finished(work)
    began = time.monotonic()
    next_drawing = began + PATIENCE

    def show(share: float) -> None:
        nonlocal next_drawing
        now = time.monotonic()
        if now >= next_drawing:
            print(f"\r{bar(share)} {share:.0%}", end=CLEAR, file=sys.stderr, flush=True)
            next_drawing = now + SHOW_EVERY

    result = finished(work, show)
    clear()
    return result


def bar(share: float) -> str:
    """The bar as text; `share` is clipped to 0 … 1."""
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    return "█" * filled + "░" * (WIDTH - filled)


def clear() -> None:
    """Erase the progress bar's line."""
    print("\r" + CLEAR, end="", file=sys.stderr, flush=True)
