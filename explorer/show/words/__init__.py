"""Sentences for readers, made from codes and numbers; the texts are in the files of the folder `en`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGE = "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Section → key → text; each section is in one file."""
    sections: dict[str, dict[str, str]] = {}
    for path in sorted((Path(__file__).parent / LANGUAGE).glob("*.toml")):
        texts = tomllib.loads(path.read_text(encoding="utf-8"))
        assert not texts.keys() & sections.keys(), f"{path.name} repeats a section"
        sections |= texts
    return sections


def say(section: str, key: str, **values: object) -> str:
    """The text under `section` and `key`, with `values` filled in."""
    return catalogue()[section][key].format(**values)


def choice_label(value: object) -> str:
    """A choice as pages and links show it: its name in the code, with spaces for underscores."""
    return str(value).replace("_", " ")
