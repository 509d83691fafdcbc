"""JSON text of records whose numbers may not be finite: null stands for these, and beside them what it means.

Exact zeros, whose log10 is −∞, and numbers that do not exist may stand in one array; there the zeros are listed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from explorer.show.words import say

MEANINGS, ZEROS = "null_means", "exact_zeros"


def json_text(document: Mapping[str, Any], reasons: Mapping[str, str] | None = None, indent: int | None = None) -> str:
    """`document` as JSON; ``null_means`` maps the place of a null, such as ``log10_state_grad_norm.h``, to its reason.

    Args:
        reasons: place → why it is None, for those that are None already.

    Returns:
        text; ``exact_zeros`` maps the place of an array with zeros among other nulls to the indices of the zeros.
    """
    kinds = dict(_not_finite(document))
    meanings = {**(reasons or {}), **{place: _meaning(found) for place, found in kinds.items()}}
    mixed = {place for place, found in kinds.items() if found not in ("nan", "infinite", "zero") and "zero" in found}
    zeros = {place: list(_zeros(_at(document, place))) for place in mixed}
    extra = {name: table for name, table in ((MEANINGS, meanings), (ZEROS, zeros)) if table}
    whole = {**_nulled(document), **extra}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=indent)


def _at(document: Any, place: str) -> Any:
    for key in place.split("."):
        document = document[int(key) if isinstance(document, list | tuple) else key]
    return document


def _zeros(value: Any, index: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """The indices of −∞ in nested lists."""
    if isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _zeros(item, (*index, number))
    elif value == -math.inf:
        yield index


def _meaning(kinds: str) -> str:
    return ", ".join(say("null_means", kind) for kind in kinds.split("_or_"))


def _nulled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _nulled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nulled(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _not_finite(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """(place, kind) of numbers that are not finite; a list is one place, with all the kinds in it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for number, item in enumerate(value):
            yield from _not_finite(item, f"{place}.{number}")
    elif isinstance(value, list | tuple):
        kinds = {kind for item in value for _, kind in _not_finite(item, place)}
        if kinds:
            yield place, "_or_".join(sorted(kinds))
    elif isinstance(value, float) and not math.isfinite(value):
        yield place, "nan" if math.isnan(value) else "infinite" if value > 0 else "zero"
