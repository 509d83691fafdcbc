"""(f) A class at work: a hundred sessions at once, each of which moves a control about every ten seconds.

Each has an experiment of its own, so none can use another's results in the server's memory. Server and sessions share
two cores. An answer is complete when the last of its messages has come; its run then prepares the next step, and ends
later. The server's memory is the peak that the system counted for it.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
import time

from benchmarks.browser import LOGS, percentiles
from benchmarks.session import Session
from tools.served import ROOT, served

SLIDER = "Gain"
SESSIONS = 100
BETWEEN = 10.0  # seconds between two moves of one session, on average
ARRIVING = 10.0  # seconds within which all sessions arrive
ALONE = 40  # moves of the single session that all are compared with
CORES = 2
AS_MAKE_RUN = {"MALLOC_ARENA_MAX": "1"}
Times = list[tuple[float, float]]


async def alone(address: str) -> Times:
    async with Session(address, SLIDER, seed=0) as session:
        return [await session.move() for _ in range(ALONE)]


async def together(address: str, seconds: float) -> Times:
    until = time.monotonic() + ARRIVING + seconds
    visits = await asyncio.gather(*(visit(address, number, until) for number in range(1, SESSIONS + 1)))
    return [times for visit in visits for times in visit]


async def visit(address: str, number: int, until: float) -> Times:
    """One session that arrives, works and leaves."""
    rng = random.Random(number)
    times: Times = []
    await asyncio.sleep(rng.random() * ARRIVING)
    async with Session(address, SLIDER, number) as session:
        while time.monotonic() + (pause := rng.expovariate(1 / BETWEEN)) < until:
            await asyncio.sleep(pause)
            times.append(await session.move())
    return times


def main(seconds: float) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with served(ROOT / "app.py", LOGS / "load.log", **AS_MAKE_RUN) as address:
        single, class_times = asyncio.run(alone(address)), asyncio.run(together(address, seconds))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{SESSIONS} sessions, {len(class_times)} moves of {SLIDER!r} within {seconds:g} s")
    limits = ("(to reach: p95 below 300 ms)", "")
    for part, limit in zip((0, 1), limits, strict=True):
        (alone_p50, alone_p95), (p50, p95) = (percentiles([t[part] for t in times]) for times in (single, class_times))
        print(
            f"{('answer', 'end of its run')[part]:15} p50 {p50 * 1e3:6.1f} ms   p95 {p95 * 1e3:6.1f} ms"
            f"   ratios to one session alone {p50 / alone_p50:.2f} and {p95 / alone_p95:.2f} {limit}"
        )
    print(f"most memory of the server: {peak:.0f} MB (to reach: below 300)")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 40.0)
