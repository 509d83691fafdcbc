"""A class at work: 300 sessions that each move a control every 15 seconds; then the server restarts.

Each session has an experiment of its own. After the restart all return within some seconds, half of them as pages that
stayed open, half by their links alone. They must show the same as before: the slider, and the block of numbers in the
deck, byte for byte.
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
ARRIVING = 20.0  # seconds within which all sessions arrive, and return
CORES = 2


async def work_until(address: str, number: int, until: float) -> tuple[Session, list[float]]:
    """Open a session and work until the time `until`; returns it, still open, and the seconds until each answer."""
    rng, seconds = random.Random(number), list[float]()
    await asyncio.sleep(rng.random() * ARRIVING)
    session = Session(address, SLIDER, number)
    await session.__aenter__()
    while time.monotonic() + (pause := rng.expovariate(1 / BETWEEN)) < until:
        await asyncio.sleep(pause)
        seconds.append((await session.move())[0])
    return session, seconds


async def work_all(address: str, sessions: int, seconds: float) -> tuple[list[Session], list[float], float]:
    """All sessions, all their times, and the server's memory in MB while they are open."""
    until = time.monotonic() + ARRIVING + seconds
    visits = await asyncio.gather(*(work_until(address, number, until) for number in range(1, sessions + 1)))
    memory = memory_of_children()
    for session, _ in visits:
        await session.move()  # a lost session does not answer
        with suppress(WebSocketException):
            await session.__aexit__(None, None, None)
    return [session for session, _ in visits], [time for _, times in visits for time in times], memory


async def return_all(address: str, before: list[Session]) -> tuple[int, list[float]]:
    """The number of sessions that show the same as before, and the seconds until each does."""

    async def reopen(previous: Session, number: int) -> tuple[bool, float]:
        await asyncio.sleep(random.Random(number).random() * ARRIVING)
        new = Session(address, SLIDER, number, previous.query)
        if number % 2:
            new.states = dict(previous.states)  # a page that stayed open sends its controls' state
        async with new:
            assert previous.control is not None and new.control is not None
            same = new.states[new.control.id] == previous.states[previous.control.id] and new.block == previous.block
            return same, new.pictured

    results = await asyncio.gather(*(reopen(previous, number) for number, previous in enumerate(before)))
    return sum(same for same, _ in results), [seconds for _, seconds in results]


def memory_of_children() -> float:
    """MB that the child processes of this one hold now."""
    kilobytes = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if int(fields["PPid"]) == os.getpid() and "VmRSS" in fields:
                kilobytes += int(fields["VmRSS"].split()[0])
    return kilobytes / 1024


def main(seconds: float, sessions: int) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    environment = class_environment({})
    with served(ROOT / "app.py", LOGS / "class.log", **environment) as address:
        before, answer_seconds, memory = asyncio.run(work_all(address, sessions, seconds))
    with served(ROOT / "app.py", LOGS / "class_again.log", **environment) as address:
        same, return_seconds = asyncio.run(return_all(address, before))
        memory_again = memory_of_children()
    p50, p95 = percentiles(answer_seconds)
    print(f"{sessions} sessions, {len(answer_seconds)} moves of {SLIDER!r} within {seconds:g} s; none was lost")
    print(f"answer p50 {p50 * 1e3:.0f} ms   p95 {p95 * 1e3:.0f} ms (to reach: p95 below 500)")
    print(f"memory of the server {memory:.0f} MB, after the restart {memory_again:.0f} MB (to reach: below 400)")
    p50, p95 = percentiles(return_seconds)
    print(f"restarted: {same} of {sessions} see the same numbers; p50 {p50 * 1e3:.0f} ms   p95 {p95 * 1e3:.0f} ms")


if __name__ == "__main__":
    main(
        float(sys.argv[1]) if len(sys.argv) > 1 else 45.0,
        int(sys.argv[2]) if len(sys.argv) > 2 else SESSIONS,
    )
