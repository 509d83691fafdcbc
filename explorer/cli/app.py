"""The command ``app``, the default: serve the page to this machine alone."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from explorer.cli.desktop import window
from explorer.cli.server import become, first_free_port, frugal, server_command
from explorer.show.words import say

APP = "app"


def add_app(commands: Any) -> None:
    """Add the command and its flags to the parser's subcommands."""
    parser = commands.add_parser(APP, help=say("command", APP), description=say("command", APP), allow_abbrev=False)
    parser.add_argument("--port", type=int, metavar="PORT", help=say("command", "port"))
    parser.add_argument("--desktop", action="store_true", help=say("command", "desktop"))
    parser.epilog = say("command", "further")
    parser.set_defaults(action=_serve, further=())


def _serve(args: argparse.Namespace) -> int:
    """Serve the page; return the exit status. On a machine with a display, Streamlit opens the browser itself."""
    if args.desktop:
        status = window(args.port or first_free_port(), args.further)
        if status is not None:
            return status
        print(say("serving", "no_window"), file=sys.stderr)
    port = ["--server.port", str(args.port)] if args.port else []
    return become(server_command([*port, *args.further]), frugal(os.environ))
