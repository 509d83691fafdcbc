"""How `make test` shares the tests between two processes: one drives the browser, the other does all the rest."""

from __future__ import annotations

import pytest

BROWSER = "browser"


@pytest.hookimpl(tryfirst=True)  # the groups are read by another of these hooks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One group for all browser tests, as they share an app and a Chromium; else one a file, as tests share a run."""
    for item in items:
        parts = item.path.parts
        item.add_marker(pytest.mark.xdist_group(BROWSER if BROWSER in parts else item.path.stem))
