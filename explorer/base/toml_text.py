"""A parser for TOML from untrusted sources: it takes bounded time and refuses bad files with an `ExplorerError`."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from explorer.base.errors import ExplorerError

MAX_NAMES = 16  # in one dotted key; the time that `tomllib` takes grows with the square of their number
TEXT_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*",
    re.DOTALL,
)
DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MAX_NAMES}}}")


def parse_toml(parameter: str, name: str, content: bytes, hint: str) -> dict[str, Any]:
    """The table in `content`, the bytes of a file called `name`.

    Raises:
        ExplorerError: they are not UTF-8, not TOML, or nested too deeply; it names `parameter` and gives `hint`.
    """
    refusal = ExplorerError(parameter, "must be a TOML file in UTF-8", name, hint)
    try:
        text = content.decode("utf-8")
        if DEEP_KEY.search(TEXT_OR_COMMENT.sub("s", text)):
            raise refusal
        return tomllib.loads(text)
    except ExplorerError:
        raise
    except (ValueError, RecursionError) as failure:  # a number of 5,000 digits is a ValueError of its own
        raise refusal from failure
