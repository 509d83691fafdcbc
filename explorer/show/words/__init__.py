"""Sentences for people, made from codes and numbers; the texts are in the files of the folder `en`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGE = "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts by section and key; a section stands in one file."""
    sections: dict[str, dict[str, str]] = {}
    for path in sorted((Path(__file__).parent / LANGUAGE).glob("*.toml")):
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        assert not found.keys() & sections.keys(), f"{path.name} repeats a section"
        sections |= found
    return sections


def say(section: str, key: str, **values: object) -> str:
    """The text under `section` and `key`, with `values` filled in."""
    return catalogue()[section][key].format(**values)


def choice_label(value: object) -> str:
    """A choice as it is shown and as it stands in a link: the name that code uses, with spaces."""
    return str(value).replace("_", " ")
