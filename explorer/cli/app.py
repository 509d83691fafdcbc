"""The command ``app``, which is also what no command means: the page, on this machine alone."""

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
    """The command and its flags."""
    parser = commands.add_parser(APP, help=say("command", APP), description=say("command", APP), allow_abbrev=False)
    parser.add_argument("--port", type=int, metavar="PORT", help=say("command", "port"))
    parser.add_argument("--desktop", action="store_true", help=say("command", "desktop"))
    parser.epilog = say("command", "further")
    parser.set_defaults(action=_serve, further=())


def _serve(chosen: argparse.Namespace) -> int:
    """Streamlit opens the browser itself, where there is a display."""
    if chosen.desktop:
        status = window(chosen.port or first_free_port(), chosen.further)
        if status is not None:
            return status
        print(say("serving", "no_window"), file=sys.stderr)
    port = ["--server.port", str(chosen.port)] if chosen.port else []
    return become(server_command([*port, *chosen.further]), frugal(os.environ))
