"""Sentences for people, made from codes and numbers; the texts are in `en.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGE = "en"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts by section and key."""
    return tomllib.loads((Path(__file__).parent / f"{LANGUAGE}.toml").read_text(encoding="utf-8"))


def say(section: str, key: str, **values: object) -> str:
    """The text under `section` and `key`, with `values` filled in."""
    return catalogue()[section][key].format(**values)


def choice_label(value: object) -> str:
    """A choice as it is shown and as it stands in a link: the name that code uses, with spaces."""
    return str(value).replace("_", " ")
