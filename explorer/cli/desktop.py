"""The page in a window of its own: a browser of the Chromium family, without tabs and address bar."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from explorer.cli.browsers import installed, runs
from explorer.cli.server import INTERRUPTED, becomes_healthy, end, frugal, server_command
from explorer.show.words import say

FIRST_SIZE = "1440,960"
AT_ONCE = 5.0  # seconds: a browser that ends with an error within them has shown no window


def window(port: int, options: Sequence[str]) -> int | None:
    """Serves the page and shows it until the window is closed.

    Returns:
        The exit status; None if no window could be opened.
    """
    browsers = [path for path in installed() if runs(path)]
    if not browsers:
        return None
    address = f"http://127.0.0.1:{port}"
    try:
        with _ended_by_signals(), _served(port, options) as server:
            if not becomes_healthy(server, address):
                print(say("serving", "silent", address=address), file=sys.stderr)
                return 1
            print(say("serving", "window", address=address), flush=True)
            return 0 if any(_shown(browser, address, port) for browser in browsers) else None
    except KeyboardInterrupt:
        return INTERRUPTED


@contextmanager
def _served(port: int, options: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The server, which opens no browser itself; it ends with the block."""
    own = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(
        server_command([*options, *own]),
        env=frugal(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # it names an address for the browser's address bar; what goes wrong is on stderr
        start_new_session=True,
    )
    try:
        yield server
    finally:
        end(server)


def _shown(browser: str, address: str, port: int) -> bool:
    """Waits until the window is closed. False: the browser could not open one."""
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            browser_command(browser, address, profile_folder(port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        return process.wait() == 0 or time.monotonic() - started > AT_ONCE
    finally:
        if process.poll() is None:
            end(process)


def browser_command(browser: str, address: str, profile: Path) -> list[str]:
    """One window with the page alone, and a profile of its own: else a browser that already runs would take it over."""
    options = ["--no-first-run", "--no-default-browser-check"]
    if not any(profile.iterdir()):  # from then on the profile knows how large the window was
        options.append(f"--window-size={FIRST_SIZE}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to start for root without it
    return [browser, f"--app={address}", f"--user-data-dir={profile}", *options]


def profile_folder(port: int) -> Path:
    """Where the window keeps its size and zoom. One for each port: two windows at once must not share one."""
    folder = cache_folder() / "gradient-flow-explorer" / f"window-{port}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="gradient-flow-explorer-"))
    return folder


def cache_folder() -> Path:
    """The folder for what programs may lose, as each system has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Who ends this process ends the server and the window too, as with Ctrl-C."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
