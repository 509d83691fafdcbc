"""The deck's JavaScript modules, joined into the one script that Streamlit accepts.

Each file in `js/` is a plain module that a browser can run. A Streamlit component takes its script as one text, so the
files are concatenated, each after those it imports from, without their import and export statements. This works as long
as no name is defined twice, which a test checks.
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
    """The script of `entry`: all modules that it needs, in order."""
    return "\n".join(_plain(name) for name in in_order(entry))


def in_order(entry: str) -> list[str]:
    """The modules that `entry` needs, each after those it imports from; `entry` is last."""
    ordered: list[str] = []
    _visit(entry, ordered, ())
    return ordered


def _visit(name: str, ordered: list[str], above: tuple[str, ...]) -> None:
    if name in ordered or name in above:  # a cycle is harmless: such modules only call each other's functions
        return
    for needed in IMPORT.findall(source(name)):
        _visit(needed, ordered, (*above, name))
    ordered.append(name)


def source(name: str) -> str:
    """The text of a module in `js/`."""
    return (FOLDER / name).read_text(encoding="utf-8")


def _plain(name: str) -> str:
    return EXPORT.sub("", IMPORT.sub("", source(name)))
