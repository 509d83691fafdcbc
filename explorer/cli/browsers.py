"""Find browsers of the Chromium family on this machine; they can show a page in its own window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
PLACES = (  # usual locations outside of PATH
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "${PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "${LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
    "${PROGRAMFILES}/Microsoft/Edge/Application/msedge.exe",
)
NAMED_BY = "CHROMIUM"  # environment variable with the path of a browser; if set, no other is tried


def installed() -> Iterator[str]:
    """Yield the paths of possible Chromium browsers, the likeliest first; `runs` checks whether one works."""
    path = os.environ.get(NAMED_BY)
    if path:
        yield path
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield from filter(os.path.exists, (os.path.expanduser(os.path.expandvars(place)) for place in PLACES))


def runs(path: str) -> bool:
    """Whether `path --version` succeeds: Ubuntu's `chromium-browser` may only ask for a snap. True on Windows."""
    if sys.platform == "win32":
        return True
    try:
        process = subprocess.run([path, "--version"], capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return process.returncode == 0
