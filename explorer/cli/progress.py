"""Long work, watched on a terminal: a line that says the share, once the wait is felt; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from typing import TypeVar

from explorer.base.long_work import Work, finished

Found = TypeVar("Found")
PATIENCE, SHOW_EVERY = 0.5, 0.2  # seconds
WIDTH = 20  # of the bar
CLEAR = "\x1b[K"  # the rest of the line


def watched(work: Work[Found]) -> Found:
    """What `work` returns in the end."""
    if not sys.stderr.isatty():
        return finished(work)
    began = time.monotonic()
    shown = began + PATIENCE

    def seen(share: float) -> None:
        nonlocal shown
        now = time.monotonic()
        if now >= shown:
            print(f"\r{bar(share)} {share:.0%}", end=CLEAR, file=sys.stderr, flush=True)
            shown = now + SHOW_EVERY

    found = finished(work, seen)
    clear()
    return found


def bar(share: float) -> str:
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    return "█" * filled + "░" * (WIDTH - filled)


def clear() -> None:
    """Leave nothing of the line."""
    print("\r" + CLEAR, end="", file=sys.stderr, flush=True)
