"""How `make test` shares the tests between two processes: one drives the browser, the other does all the rest."""

from __future__ import annotations

import pytest

BROWSER = "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One group for all browser tests, which share an app and a Chromium; else one a file, for what it computes once."""
    for item in items:
        parts = item.path.parts
        item.add_marker(pytest.mark.xdist_group(BROWSER if BROWSER in parts else item.path.stem))
