"""The page for a class: served to the network on purpose, with the address that students type and what it bears.

`make serve-class`, or `python -m tools.serve_class`. `make run` stays on this machine alone.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8501
BUDGET = 128  # MiB of arrays for one run: three dozen run at once in a few gigabytes, and every preset needs below 20
ELSEWHERE = ("203.0.113.1", 9)  # an address for documentation: the way there is that of the network; nothing is sent
SAID = """\
Gradient Flow Explorer for a class. Students type:

{addresses}

Whoever is in this network can open it; nothing asks who they are. Ctrl+C ends it.
  sessions    measured with 300 that each move a control every 15 seconds, on two cores
  memory      below 400 MB for all of them; what is remembered of runs and pictures is bounded
  one run     {budget} MiB of arrays at most, where one machine for one person allows 1024:
              500 steps of the LSTM as it opens, or 1000 of the RNN; what needs more is said
              (EXPLORER_MEMORY_BUDGET, in bytes, sets another limit)
  uploads     preset files, 64 KiB at most
  a session   lives in its link: who reloads, or loses the network, comes back to the same page
"""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="serve_class", description="Serve the page to a class in this network.")
    parser.add_argument("--port", type=int, default=PORT)
    given, further = parser.parse_known_args(arguments)
    addresses, environment = own_addresses(), class_environment(os.environ)
    print(said(addresses, given.port, environment), flush=True)
    command = class_command(given.port, addresses, further)
    os.chdir(ROOT)
    if os.name == "posix":  # one process: whoever ends this one ends the server
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment)


def said(addresses: Sequence[str], port: int, environment: Mapping[str, str]) -> str:
    """What stands on the screen before the class comes in."""
    lines = [f"    http://{address}:{port}" for address in addresses] or [
        f"    http://<address of this machine>:{port}    (it seems to be in no network)"
    ]
    budget = int(environment["EXPLORER_MEMORY_BUDGET"]) // 2**20
    return SAID.format(addresses="\n".join(lines), budget=budget)


def class_environment(outside: Mapping[str, str]) -> dict[str, str]:
    """This process's own, with what keeps many sessions small; what is set already stays."""
    return {"MALLOC_ARENA_MAX": "1", "EXPLORER_MEMORY_BUDGET": str(BUDGET * 2**20), **outside}


def class_command(port: int, addresses: Sequence[str], further: Sequence[str] = ()) -> list[str]:
    """The server, on every network that this machine is in."""
    options = ["--server.address", "0.0.0.0", "--server.port", str(port), "--server.headless", "true"]
    named = ["--browser.serverAddress", addresses[0]] if addresses else []
    return [sys.executable, "-m", "streamlit", "run", "app.py", *options, *named, *further]


def own_addresses() -> list[str]:
    """This machine's addresses in its networks, that of the way out first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out, suppress(OSError):  # in no network
        way_out.connect(ELSEWHERE)
        found.append(str(way_out.getsockname()[0]))
    with suppress(OSError):  # its own name may say nothing
        found += [str(place[4][0]) for place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not address.startswith(("127.", "0."))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
