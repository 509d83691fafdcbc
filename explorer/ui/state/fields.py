"""Everything that a link can say, as one table: each field's default, how its text is read, and how it is spelled.

Links spell codes; what a choice is called on the page is the catalogue's affair. Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, table
from explorer.questions.cliff.settings import CliffSettings
from explorer.questions.training import TrainingPlan
from explorer.show.lenses import LENSES
from explorer.ui.link.readers import DIGITS
from explorer.ui.link.training import COLDEST, COMPARED, HOTTEST, TRAINED, WHAT_IF

UNSET = "unset"  # an optional number that is not given, as its control holds it

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing that a link can say.

    Attributes:
        default: the value of a link that does not say it; None where the view or the network decides.
        read: an accepted text → the value. spelled: the value → the text.
    """

    default: Any
    read: Callable[[str], Any] = str
    spelled: Callable[[Any], str] = str


@cache
def fields() -> Mapping[str, Field]:
    """Name → field, in the order in which they stand in a link."""
    return MappingProxyType(dict(_all_fields()))


def _all_fields() -> Iterator[tuple[str, Field]]:
    yield "view", Field("explorer")
    yield "story", Field("")
    yield "scene", Field("")
    for row in table(Experiment).values():
        yield row.name, _of_row(row, UNSET if row.optional else row.default)
    yield "compare", SWITCH
    for row in (*table(TrainingPlan).values(), *table(CliffSettings).values()):
        yield row.name, _of_row(row, row.default)
    yield COMPARED, SWITCH
    yield "formula", Field(None)
    yield "lags", Field(None)
    yield "lens", Field(None)
    for lens in LENSES.values():
        for name in lens.chosen_on_page():
            yield name, _of_row(table(lens.choices)[name], None)
    for name in ("derived_step", "row", "column", COLDEST, HOTTEST):
        yield name, Field(None, int)
    yield WHAT_IF, Field(1.0, float, _number)
    yield "seeds", Field("off")
    for name in ("slow", "drag", "pins", TRAINED, "hide"):
        yield name, Field("")


SWITCH = Field(False, "true".__eq__, lambda value: str(bool(value)).lower())


def _of_row(row: Parameter, default: Any) -> Field:
    if row.kind in ("choice", "text"):
        return Field(default)
    return Field(default, int if row.kind == "integer" else float, _number)


def _number(value: Any) -> str:
    return f"{value:.{DIGITS}g}"


def defaults() -> Values:
    """The values of the empty link."""
    return MappingProxyType({name: field.default for name, field in fields().items()})


def read(link: Mapping[str, str]) -> Values:
    """The values that a link says, whose texts have been accepted."""
    return {name: fields()[name].read(text) for name, text in link.items() if name in fields()}


def spelled(values: Values, base: Values) -> dict[str, str]:
    """The link: every value that differs from the base."""
    return {
        name: field.spelled(values[name])
        for name, field in fields().items()
        if values[name] not in (None, UNSET) and values[name] != base[name]
    }
