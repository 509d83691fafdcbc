"""The page's server as a process of its own: only `ui/` knows streamlit, so it is started by name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress

from explorer.base import shipped

SCRIPT = shipped.FOLDER / "app.py"  # Streamlit reads the settings in .streamlit/ beside it, wherever it is started
PORT = 8501
PATIENCE = 60.0  # seconds until the server has to answer
INTERRUPTED = 130  # the exit status that shells give to Ctrl-C


def server_command(options: Sequence[str]) -> list[str]:
    """The server of the page, with options of `streamlit run`.

    -P keeps the folder where somebody stands out of Python's path: its files may be called as a library is.
    """
    return [sys.executable, "-P", "-m", "streamlit", "run", str(SCRIPT), *options]


def frugal(outside: Mapping[str, str]) -> dict[str, str]:
    """An environment in which all threads share one place for freed memory; the Makefile says what that saves."""
    return {"MALLOC_ARENA_MAX": "1", **outside}


def become(command: list[str], environment: Mapping[str, str]) -> int:
    """Runs `command` in place of this process, so that whoever ends this one ends the server; returns its status."""
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return INTERRUPTED


def first_free_port(start: int = PORT) -> int:
    """The first port of this machine from `start` on that nobody listens at."""
    return next(port for port in range(start, 2**16) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        if os.name == "posix":  # a port that was in use a minute ago is free; on Windows the option means another thing
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def becomes_healthy(process: subprocess.Popen[bytes], address: str, patience: float = PATIENCE) -> bool:
    """Waits until the server answers. False: it has ended, or `patience` has."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that was started in a session of its own, and all that it has started: first asked, then made."""
    if not hasattr(os, "killpg"):
        process.terminate()
        process.wait(timeout=10)
        return
    for kill in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kill)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
