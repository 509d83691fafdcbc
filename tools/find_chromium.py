"""Finds a Chromium, or installs one: only the browser tests and the latency benchmark need it.

`python -m tools.find_chromium` prints its path, or a line that there is none. With `--install` it installs one where
there is none, and prints nothing where there is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from explorer.cli.browsers import NAMED_BY, installed, runs

MISSING = "Browser tests are skipped: no Chromium here for Playwright, and none to be had (CHROMIUM=… names one)."
PACKAGES = ("chromium", "libatomic1")  # Debian's; Playwright's own program needs the second, which a small Debian lacks

# No sandbox, for containers run as root; the others keep the browser from calling home while it is being measured.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of the first that runs: named by ``CHROMIUM``, an installed one, Playwright's download; else None."""
    if not _quietly([sys.executable, "-m", "playwright", "--version"]):
        return None
    return next((path for path in _candidates() if runs(path)), None)


def install() -> None:
    """Install Debian's packages as root on a Debian, else Playwright's download. `find` tells whether it worked."""
    if _is_root() and shutil.which("apt-get"):
        _quietly(["apt-get", "update"])
        if _quietly(["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]) and find():
            return
    needed = ["--with-deps"] if _is_root() and sys.platform == "linux" else []  # the system's libraries
    _quietly([sys.executable, "-m", "playwright", "install", *needed, "chromium"])


def _candidates() -> Iterator[str]:
    yield from installed()
    if not os.environ.get(NAMED_BY):
        yield from filter(os.path.exists, _downloaded())


def _downloaded() -> Iterator[str]:
    """The path of Playwright's own download; tried last, since it takes half a second to find."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _quietly(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=900, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> None:
    if arguments != ["--install"]:
        print(find() or MISSING)
    elif not find():
        print("Getting a Chromium for the browser tests: a minute, once.", flush=True)
        install()


if __name__ == "__main__":
    main(sys.argv[1:])
