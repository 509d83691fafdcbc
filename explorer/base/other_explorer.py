"""django-sql-explorer installs a package called `explorer` too. In one folder, each overwrites files of the other."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ITS_FILES = ("models.py", "apps.py")  # every Django app has them, and no file of ours is called so
SENTENCE = (
    "django-sql-explorer is installed in the same environment, and its package is also called `explorer`: the two have "
    "overwritten files of each other. Install Gradient Flow Explorer into an environment of its own."
)


def is_mixed_in(package: Path = PACKAGE) -> bool:
    """Whether its files lie among ours. A clone, whose files lie elsewhere, works beside an installed one."""
    return any((package / name).exists() for name in ITS_FILES)


def refuse_to_mix(package: Path = PACKAGE) -> None:
    """For the import of `explorer`, which comes before anything else.

    Raises:
        ImportError: the other package's files lie among ours.
        SystemExit: the same in our own command, which prints the sentence without a traceback.
    """
    if not is_mixed_in(package):
        return
    if Path(sys.argv[0]).stem == "gradient-flow":
        print(SENTENCE, file=sys.stderr)
        raise SystemExit(2)
    raise ImportError(SENTENCE, name="explorer")
