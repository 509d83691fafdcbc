"""TOML that a stranger may have written: parsed, or refused with a sentence, in bounded time."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from explorer.base.errors import ExplorerError

DEEPEST = 16  # names in one dotted key; the parser takes time that grows with the square of their number
TEXT_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*",
    re.DOTALL,
)
DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")


def parse_toml(parameter: str, name: str, content: bytes, hint: str) -> dict[str, Any]:
    """The table in `content`, a file called `name`.

    Raises:
        ExplorerError: it is not UTF-8, not TOML, or nested beyond any use; names `parameter` and gives `hint`.
    """
    refused = ExplorerError(parameter, "must be a TOML file in UTF-8", name, hint)
    try:
        text = content.decode("utf-8")
        if DEEP_KEY.search(TEXT_OR_COMMENT.sub("s", text)):
            raise refused
        return tomllib.loads(text)
    except ExplorerError:
        raise
    except (ValueError, RecursionError) as failure:  # a number of 5,000 digits is a ValueError of its own
        raise refused from failure
