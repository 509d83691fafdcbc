"""The command ``serve-class``: the page on the network on purpose, with the address that students type and what it
bears. The command ``app`` stays on this machine alone."""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from explorer.cli.server import PORT, become, frugal, server_command
from explorer.show.words import say

CLASS = "serve-class"
BUDGET = 128  # MiB of arrays for one run: three dozen run at once in a few gigabytes, and every preset needs below 20
ELSEWHERE = ("203.0.113.1", 9)  # an address for documentation: the way there is that of the network; nothing is sent


def add_serve_class(commands: Any) -> None:
    """The command and its flags."""
    parser = commands.add_parser(
        CLASS, help=say("command", CLASS), description=say("command", CLASS), allow_abbrev=False
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="PORT", help=say("command", "port"))
    parser.epilog = say("command", "further")
    parser.set_defaults(action=_serve, further=())


def _serve(chosen: argparse.Namespace) -> int:
    addresses, environment = own_addresses(), class_environment(os.environ)
    print(said(addresses, chosen.port, environment), flush=True)
    return become(class_command(chosen.port, addresses, chosen.further), environment)


def said(addresses: Sequence[str], port: int, environment: Mapping[str, str]) -> str:
    """What stands on the screen before the class comes in."""
    lines = [say("serving", "address", address=address, port=port) for address in addresses]
    budget = int(environment["EXPLORER_MEMORY_BUDGET"]) // 2**20
    listed = "\n".join(lines or [say("serving", "no_address", port=port)])
    return say("serving", "class", addresses=listed, budget=budget)


def class_environment(outside: Mapping[str, str]) -> dict[str, str]:
    """This process's own, with what keeps many sessions small; what is set already stays."""
    return frugal({"EXPLORER_MEMORY_BUDGET": str(BUDGET * 2**20), **outside})


def class_command(port: int, addresses: Sequence[str], further: Sequence[str] = ()) -> list[str]:
    """The server, on every network that this machine is in."""
    options = ["--server.address", "0.0.0.0", "--server.port", str(port), "--server.headless", "true"]
    named = ["--browser.serverAddress", addresses[0]] if addresses else []
    return server_command([*options, *named, *further])


def own_addresses() -> list[str]:
    """This machine's addresses in its networks, that of the way out first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out, suppress(OSError):  # in no network
        way_out.connect(ELSEWHERE)
        found.append(str(way_out.getsockname()[0]))
    with suppress(OSError):  # its own name may say nothing
        found += [str(place[4][0]) for place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not address.startswith(("127.", "0."))]
