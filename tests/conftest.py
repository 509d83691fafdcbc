"""How `make test` shares the tests between two processes: one drives the browser, the other does all the rest."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"


class OneProcessForTheBrowser(LoadScopeScheduling):
    """All browser tests go to one process, as they share an app and a Chromium. The others go file by file, as the
    tests of a file share a run."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return BROWSER if file.startswith(BROWSER) else file


@pytest.hookimpl(optionalhook=True)  # a single test may run without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneProcessForTheBrowser:
    return OneProcessForTheBrowser(config, log)
