"""A lecture hall: a hundred students open the same link within a second, on a server that has computed other things.

The time runs until the deck's block, which is all that the first picture needs, has come through the websocket. Server
and students share two cores; the page's own scripts, which a browser caches, are not included.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time

from benchmarks.browser import HERE, LOGS, percentiles
from benchmarks.session import Session
from explorer.cli.serve_class import class_environment
from tools.served import served

SLIDER = "Gain"
LINK = "cell=lstm&forget_bias=1&seq_len=200&hidden_size=64&seed={seed}"
WITHIN = 1.0  # seconds
CORES = 2
TO_REACH = 4.0


async def student(address: str, link: str, number: int) -> tuple[Session, float]:
    """Open a student's session; returns it, still open, and the seconds from the click on the link to the picture."""
    await asyncio.sleep(random.Random(number).random() * WITHIN)
    clicked = time.perf_counter()
    session = await Session(address, SLIDER, number, link).__aenter__()
    return session, session.connected - clicked + session.pictured


async def lecture(address: str, students: int, seed: int) -> tuple[list[float], int]:
    """Each student's seconds, and the number of different pictures they saw."""
    link = LINK.format(seed=seed)
    visits = await asyncio.gather(*(student(address, link, number) for number in range(students)))
    for session, _ in visits:
        await session.__aexit__(None, None, None)
    return [seconds for _, seconds in visits], len({session.block for session, _ in visits})


def main(students: int) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    log = LOGS / "counted.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    with served(HERE / "counted_app.py", LOGS / "lecture.log", **class_environment({"COUNTED": str(log)})) as address:
        asyncio.run(lecture(address, 1, seed=0))  # the lecturer's own session comes first
        seconds, pictures = asyncio.run(lecture(address, students, seed=1))
    computed = log.read_text().splitlines().count("1")
    p50, p95 = percentiles(seconds)
    print(f"{students} students open one link within {WITHIN:g} s: computed {computed} times, {pictures} pictures")
    print(f"first picture p50 {p50:.2f} s   p95 {p95:.2f} s   last {max(seconds):.2f} s (to reach: p95 {TO_REACH:g} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
