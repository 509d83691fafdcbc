"""django-sql-explorer installs a package called `explorer` too. In one folder, each overwrites files of the other."""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
DJANGO_FILES = ("models.py", "apps.py")  # every Django app has them; this package has no files of these names
SENTENCE = (
    "django-sql-explorer is installed in the same environment, and its package is also called `explorer`: the two have "
    "overwritten files of each other. Install Gradient Flow Explorer into an environment of its own."
)


def is_mixed_in(package: Path = PACKAGE) -> bool:
    """Whether files of django-sql-explorer lie in `package`. A clone has a folder of its own and works beside it."""
    return any((package / name).exists() for name in DJANGO_FILES)


def refuse_to_mix(package: Path = PACKAGE) -> None:
    """Stop if files of django-sql-explorer lie in `package`; runs when `explorer` is imported.

    Raises:
        ImportError: they do.
        SystemExit: they do, and the program is ``gradient-flow``, which prints the sentence without a traceback.
    """
    if not is_mixed_in(package):
        return
    if Path(sys.argv[0]).stem == "gradient-flow":
        print(SENTENCE, file=sys.stderr)
        raise SystemExit(2)
    raise ImportError(SENTENCE, name="explorer")
