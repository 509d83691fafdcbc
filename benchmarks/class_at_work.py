"""A class at work: 300 sessions that each move a control every 15 seconds; then the server is restarted under them.

Each has an experiment of its own. When the server is gone, all come back within some seconds, one half as pages that
stayed open, the other by their links alone, and have to see what they saw before: the same slider, and the same block
of numbers in the deck, byte for byte.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import WebSocketException

from benchmarks.browser import LOGS, percentiles
from benchmarks.session import Session
from explorer.cli.serve_class import class_environment
from tools.served import ROOT, served

SLIDER = "Gain"
SESSIONS = 300
BETWEEN = 15.0  # seconds between two moves of one session, on average
ARRIVING = 20.0  # seconds within which all of them come, and come back
CORES = 2


async def at_work(address: str, number: int, until: float) -> tuple[Session, list[float]]:
    """A session that comes, works until then, and stays; with the seconds until each answer."""
    chance, taken = random.Random(number), list[float]()
    await asyncio.sleep(chance.random() * ARRIVING)
    session = Session(address, SLIDER, number)
    await session.__aenter__()
    while time.monotonic() + (pause := chance.expovariate(1 / BETWEEN)) < until:
        await asyncio.sleep(pause)
        taken.append((await session.move())[0])
    return session, taken


async def working(address: str, sessions: int, seconds: float) -> tuple[list[Session], list[float], float]:
    """All sessions, all their times, and the server's memory in MB while they are there."""
    until = time.monotonic() + ARRIVING + seconds
    visits = await asyncio.gather(*(at_work(address, number, until) for number in range(1, sessions + 1)))
    memory = memory_of_children()
    for session, _ in visits:
        await session.move()  # who was lost does not answer
        with suppress(WebSocketException):
            await session.__aexit__(None, None, None)
    return [session for session, _ in visits], [time for _, times in visits for time in times], memory


async def coming_back(address: str, before: list[Session]) -> tuple[int, list[float]]:
    """How many see what they saw, and the seconds until each saw it."""

    async def back(old: Session, number: int) -> tuple[bool, float]:
        await asyncio.sleep(random.Random(number).random() * ARRIVING)
        new = Session(address, SLIDER, number, old.query)
        if number % 2:
            new.states = dict(old.states)  # a page that stayed open tells a new server what its controls show
        async with new:
            assert old.control is not None and new.control is not None
            same = new.states[new.control.id] == old.states[old.control.id] and new.block == old.block
            return same, new.pictured

    seen = await asyncio.gather(*(back(old, number) for number, old in enumerate(before)))
    return sum(same for same, _ in seen), [seconds for _, seconds in seen]


def memory_of_children() -> float:
    """MB that the processes started by this one hold now."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if int(fields["PPid"]) == os.getpid() and "VmRSS" in fields:
                held += int(fields["VmRSS"].split()[0])
    return held / 1024


def main(seconds: float, sessions: int) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    environment = class_environment({})
    with served(ROOT / "app.py", LOGS / "class.log", **environment) as address:
        before, taken, memory = asyncio.run(working(address, sessions, seconds))
    with served(ROOT / "app.py", LOGS / "class_again.log", **environment) as address:
        same, waited = asyncio.run(coming_back(address, before))
        memory_again = memory_of_children()
    p50, p95 = percentiles(taken)
    print(f"{sessions} sessions, {len(taken)} moves of {SLIDER!r} within {seconds:g} s; none was lost")
    print(f"answer p50 {p50 * 1e3:.0f} ms   p95 {p95 * 1e3:.0f} ms (to reach: p95 below 500)")
    print(f"memory of the server {memory:.0f} MB, after the restart {memory_again:.0f} MB (to reach: below 400)")
    p50, p95 = percentiles(waited)
    print(f"restarted: {same} of {sessions} see the same numbers; p50 {p50 * 1e3:.0f} ms   p95 {p95 * 1e3:.0f} ms")


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 45.0,
        int(sys.argv[2]) if len(sys.argv) > 2 else SESSIONS,
    )
