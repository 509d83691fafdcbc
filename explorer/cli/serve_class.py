"""The command ``serve-class``: serve the page to the network, and print its address and how large a run may be.
The command ``app`` serves this machine alone."""

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
BUDGET = 128  # MiB of arrays per run: three dozen runs at once fit in a few gigabytes; every preset needs less than 20
ELSEWHERE = ("203.0.113.1", 9)  # reserved for documentation: only the route to it is looked up, nothing is sent


def add_serve_class(commands: Any) -> None:
    """Add the command and its flags to the parser's subcommands."""
    parser = commands.add_parser(
        CLASS, help=say("command", CLASS), description=say("command", CLASS), allow_abbrev=False
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="PORT", help=say("command", "port"))
    parser.epilog = say("command", "further")
    parser.set_defaults(action=_serve, further=())


def _serve(args: argparse.Namespace) -> int:
    addresses, environment = own_addresses(), class_environment(os.environ)
    print(announcement(addresses, args.port, environment), flush=True)
    return become(class_command(args.port, addresses, args.further), environment)


def announcement(addresses: Sequence[str], port: int, environment: Mapping[str, str]) -> str:
    """The text printed at the start: the page's addresses, and how large a run may be."""
    lines = [say("serving", "address", address=address, port=port) for address in addresses]
    budget = int(environment["EXPLORER_MEMORY_BUDGET"]) // 2**20
    address_lines = "\n".join(lines or [say("serving", "no_address", port=port)])
    return say("serving", "class", addresses=address_lines, budget=budget)


def class_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with settings that keep many sessions small; variables that are set already win."""
    return frugal({"EXPLORER_MEMORY_BUDGET": str(BUDGET * 2**20), **environment})


def class_command(port: int, addresses: Sequence[str], further: Sequence[str] = ()) -> list[str]:
    """The command for a server that listens on all network interfaces; `further` are options of ``streamlit run``."""
    options = ["--server.address", "0.0.0.0", "--server.port", str(port), "--server.headless", "true"]
    shown_address = ["--browser.serverAddress", addresses[0]] if addresses else []
    return server_command([*options, *shown_address, *further])


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses without loopback; the one of the default route comes first."""
    addresses = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp_socket, suppress(OSError):  # fails without a network
        udp_socket.connect(ELSEWHERE)
        addresses.append(str(udp_socket.getsockname()[0]))
    with suppress(OSError):  # the host name may not resolve
        addresses += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(addresses) if not address.startswith(("127.", "0."))]
