"""Runs a Streamlit script for the browser tests and the latency benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.cli.server import becomes_healthy, end

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(script: Path, log: Path, **environment: str) -> Iterator[str]:
    """Serve `script` with the repository's settings on a free port of this machine; yields its address.

    Args:
        log: file for its output.
        environment: variables in addition to this process's own.

    Raises:
        RuntimeError: it ended, or did not answer in time; the message has the end of its log.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not becomes_healthy(process, address):
                raise RuntimeError(f"the page at {address} does not answer; its log ends with:\n{tail(log)}")
            yield address
        finally:
            end(process)


def tail(log: Path, lines: int = 40) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
