"""The deck's modules as the one script that Streamlit takes.

Each file in `js/` is a plain module that a browser runs as it is. A component of Streamlit's is given its script as one
text, so the files are put one after the other, each after those that it imports from, and the lines that bind them
together are left out. That holds as long as no name is defined twice, which a test checks.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n'.replace('"', "'"), re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def script(entry: str = "index.js") -> str:
    """The text of `entry` with everything it imports before it."""
    return "\n".join(_plain(name) for name in in_order(entry))


def in_order(entry: str) -> list[str]:
    """The modules that `entry` needs, each after those that it imports from, itself last."""
    ordered: list[str] = []
    _visit(entry, ordered, ())
    return ordered


def _visit(name: str, ordered: list[str], above: tuple[str, ...]) -> None:
    if name in ordered or name in above:  # modules that import each other need only functions of one another
        return
    for needed in IMPORT.findall(source(name)):
        _visit(needed, ordered, (*above, name))
    ordered.append(name)


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _plain(name: str) -> str:
    return EXPORT.sub("", IMPORT.sub("", source(name)))
