"""The page in its own window: a Chromium browser without tabs and address bar."""

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
from explorer.cli.server import becomes_healthy, end, frugal, server_command
from explorer.show.words import say

FIRST_SIZE = "1440,960"
AT_ONCE = 5.0  # seconds: a browser that fails sooner has opened no window


def window(port: int, options: Sequence[str]) -> int | None:
    """Serve the page on `port` and show it until the window is closed.

    Args:
        options: further options of ``streamlit run``.

    Returns:
        The exit status; None if no window could be opened.
    """
    browsers = [path for path in installed() if runs(path)]
    if not browsers:
        return None
    address = f"http://127.0.0.1:{port}"
    with _ending_signals() as received, _server(port, options) as server:
        if not becomes_healthy(server, address, lambda: bool(received)):
            if not received:
                print(say("serving", "silent", address=address), file=sys.stderr)
            return 128 + received[0] if received else 1
        print(say("serving", "window", address=address), flush=True)
        shown = any(_show_window(browser, address, port, received) for browser in browsers if not received)
        return 128 + received[0] if received else 0 if shown else None


@contextmanager
def _server(port: int, options: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that opens no browser; it is stopped when the ``with`` block ends."""
    own_options = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(
        server_command([*options, *own_options]),
        env=frugal(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # prints an address for browsers with an address bar; errors go to stderr
        start_new_session=True,
    )
    try:
        yield server
    finally:
        end(server)


def _show_window(browser: str, address: str, port: int, received: Sequence[int] = ()) -> bool:
    """Open a window and wait until it is closed or a signal was `received`. False if the browser opened none."""
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
        while process.poll() is None and not received:
            time.sleep(0.1)
        return process.poll() == 0 or time.monotonic() - started > AT_ONCE
    finally:
        if process.poll() is None:
            end(process)


def browser_command(browser: str, address: str, profile: Path) -> list[str]:
    """The command for a window without tabs. Its own profile keeps a running browser from taking the window over."""
    options = ["--no-first-run", "--no-default-browser-check"]
    if not any(profile.iterdir()):  # later the profile remembers the window's size
        options.append(f"--window-size={FIRST_SIZE}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # without it Chromium refuses to start as root
    return [browser, f"--app={address}", f"--user-data-dir={profile}", *options]


def profile_folder(port: int) -> Path:
    """The browser profile of the window; it keeps size and zoom. One per port, as two open windows cannot share one."""
    folder = cache_folder() / "gradient-flow-explorer" / f"window-{port}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="gradient-flow-explorer-"))
    return folder


def cache_folder() -> Path:
    """The operating system's cache folder of this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@contextmanager
def _ending_signals() -> Iterator[list[int]]:
    """The signals so far that ask this process to end: the server and the window have to end with it.

    They are noted, not raised: an exception could come while a process is being started, which then nobody would end.
    """
    received: list[int] = []

    def note(number: int, frame: object) -> None:
        received.append(number)

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {name: signal.signal(getattr(signal, name), note) for name in names}
    try:
        yield received
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)
