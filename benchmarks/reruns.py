"""Five thousand reruns: the growth of the server's memory, from the point where its memories of runs are full.

Ten sessions move a control to and fro, side by side. The page's memories are bounded, and are filled first: a server
that has just started grows by that much, once.
"""

from __future__ import annotations

import asyncio
import os
import sys

from benchmarks.browser import LOGS, percentiles
from benchmarks.class_at_work import memory_of_children
from benchmarks.session import Session
from explorer.cli.serve_class import class_environment
from explorer.ui.work.memory import EVERY
from tools.served import ROOT, served

SLIDER = "Gain"
SESSIONS = 10
FILLING = 600  # moves until the memories are full
CORES = 2
TO_REACH = 40


async def measure(address: str, reruns: int) -> tuple[list[float], list[float]]:
    """The server's MB at first, with full memories, after half and after all reruns; and the seconds of each rerun."""
    sessions = [Session(address, SLIDER, number) for number in range(SESSIONS)]
    for session in sessions:
        await session.__aenter__()
    memory, seconds = [await settled_memory()], list[float]()
    for moves in (FILLING, reruns // 2, reruns - reruns // 2):
        for times in await asyncio.gather(*(move_times(session, moves // SESSIONS) for session in sessions)):
            seconds += times
        memory.append(await settled_memory())
    for session in sessions:
        await session.__aexit__(None, None, None)
    return memory, seconds


async def move_times(session: Session, count: int) -> list[float]:
    return [(await session.move())[0] for _ in range(count)]


async def settled_memory() -> float:
    """The server's MB after it has freed unused memory."""
    await asyncio.sleep(2 * EVERY + 1)
    return memory_of_children()


def main(reruns: int) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with served(ROOT / "app.py", LOGS / "reruns.log", **class_environment({})) as address:
        (first, full, half, end), seconds = asyncio.run(measure(address, reruns))
    p50, p95 = percentiles(seconds)
    print(f"{reruns} reruns of {SESSIONS} sessions, p50 {p50 * 1e3:.0f} ms   p95 {p95 * 1e3:.0f} ms")
    print(
        f"memory {first:.0f} MB at first, {full:.0f} with its memories full, {half:.0f} half way, {end:.0f} at the end"
    )
    print(f"grown by {end - full:.0f} MB (to reach: below {TO_REACH}), in the second half by {end - half:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
