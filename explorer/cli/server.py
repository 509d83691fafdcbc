"""The page's server as a separate process. It is started by name, since only `ui/` may import streamlit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from explorer.base import shipped

SCRIPT = shipped.FOLDER / "app.py"  # Streamlit reads .streamlit/ beside this file, whatever the working directory
PORT = 8501
PATIENCE = 60.0  # seconds to wait for the server's first answer
INTERRUPTED = 130  # the exit status that shells give to Ctrl-C


def server_command(options: Sequence[str]) -> list[str]:
    """The command that starts the page's server, with `options` of ``streamlit run``.

    -P keeps the working directory out of sys.path: a file there may have the name of a library.
    """
    return [sys.executable, "-P", "-m", "streamlit", "run", str(SCRIPT), *options]


def frugal(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with one malloc arena for all threads; the Makefile says how much memory that saves."""
    return {"MALLOC_ARENA_MAX": "1", **environment}


def become(command: list[str], environment: Mapping[str, str]) -> int:
    """Replace this process by `command`, so that a signal to it reaches the server; on Windows, return its status."""
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return INTERRUPTED


def first_free_port(start: int = PORT) -> int:
    """The first free port of this machine from `start` on."""
    return next(port for port in range(start, 2**16) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        if os.name == "posix":  # lets a recently used port be bound; on Windows the option means another thing
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def becomes_healthy(
    process: subprocess.Popen[bytes],
    address: str,
    given_up: Callable[[], bool] = lambda: False,
    patience: float = PATIENCE,
) -> bool:
    """Wait until the server answers at `address`. False if first it exits, `patience` (seconds) runs out or it is
    `given_up`."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None and not given_up():
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate a process with its own session, and its children; kill them if they do not stop in 5 seconds."""
    if not hasattr(os, "killpg"):
        process.terminate()
        process.wait(timeout=10)
        return
    for kill in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kill)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
