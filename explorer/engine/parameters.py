"""Tables of parameters, read from the fields of a model such as `Experiment`: bounds, choices, and the useful range of
a control; and the base class of such models."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_plain_validator_function

from explorer.base.errors import ExplorerError, raise_all

Number = float | int


@dataclass(frozen=True)
class Parameter:
    """One row of the table.

    Attributes:
        name: the field's name, which is also its key in links, presets, flags and the catalogue of words.
        kind: ``choice``, ``integer``, ``number`` or ``text``.
        default: its value when none is given.
        optional: whether None is a value ("torch's default").
        listed: the values of a ``choice``: a tuple, or a registry that may grow.
        lower, upper: inclusive bounds of a number.
        reach: (from, to, step) of a slider: the range of interest, which may be narrower than the bounds.
        stops: the values a stepped control offers.
        sweep: (from, to) of the values that are compared side by side.
        max_length: the largest number of characters of a ``text``.
        ends_at: the parameter of the experiment that this number cannot exceed; "" for none.
    """

    name: str
    kind: str
    default: Any
    optional: bool
    listed: Collection[str] = ()
    lower: Number | None = None
    upper: Number | None = None
    reach: tuple[Number, Number, Number] | None = None
    stops: tuple[Number, ...] = ()
    max_length: int | None = None
    sweep: tuple[Number, Number] = (0, 0)
    ends_at: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The present values of a ``choice``."""
        return tuple(self.listed)

    @property
    def rule(self) -> str:
        """The rule for its values, as the second half of a sentence."""
        if self.kind == "choice":
            return "must be one of " + ", ".join(self.choices)
        if self.kind == "text":
            return f"must be a text of at most {self.max_length} characters"
        noun = "a whole number between " if self.kind == "integer" else "a number between "
        return "must be " + ("absent or " if self.optional else "") + f"{noun}{self.lower:g} and {self.upper:.10g}"

    def hint_for(self, got: object) -> str:
        """What to try instead of `got`: the nearest bound or name, else the default."""
        if self.kind == "choice":
            matches = difflib.get_close_matches(str(got), self.choices, n=1)
            return f"Try {matches[0] if matches else self.default}."
        if self.kind == "text":
            return "Paste a shorter text."
        if isinstance(got, int | float) and self.lower is not None and self.upper is not None:
            if got > self.upper:
                return f"Try {self.upper:.10g}."
            if got < self.lower and self.default is None:
                return f"Try {self.lower:g}."
        return "Leave it out." if self.default is None else f"Try {self.default:g}."


def parameter(
    default: Any,
    lower: Number | None = None,
    upper: Number | None = None,
    *,
    reach: tuple[Number, Number, Number] | None = None,
    stops: tuple[Number, ...] = (),
    max_length: int | None = None,
    sweep: tuple[Number, Number] | None = None,
    ends_at: str = "",
) -> Any:
    """A pydantic field that is a row of the table; the arguments are those of `Parameter`."""
    ends = sweep or (reach and reach[:2]) or (stops and (stops[0], stops[-1])) or (lower, upper)
    extra: dict[str, Any] = {"reach": reach, "stops": stops, "lower": lower, "upper": upper, "sweep": ends}
    extra["ends_at"] = ends_at
    return Field(default, ge=lower, le=upper, max_length=max_length, json_schema_extra=extra)


class Listed:
    """Annotation of a field: at run time, the names in `registry` are its valid values.

    The field's type is the `Literal` of the names that ship, so a type checker still finds a misspelling.
    """

    def __init__(self, registry: Collection[str]) -> None:
        self.registry = registry

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(self._check)

    def _check(self, name: object) -> str:
        if not isinstance(name, str) or name not in self.registry:
            raise ValueError("not listed")
        return name


@cache
def table(model: type[BaseModel]) -> dict[str, Parameter]:
    """Every parameter of `model`, in the order of its fields."""
    return {name: _row(name, field) for name, field in model.model_fields.items()}


def _row(name: str, field: Any) -> Parameter:
    extra = field.json_schema_extra
    hint, optional = field.annotation, False
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        hint, optional = typing.get_args(hint)[0], True
    listed = next((m.registry for m in field.metadata if isinstance(m, Listed)), None)
    choices = listed if listed is not None else typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
    kind = "choice" if typing.get_origin(hint) is Literal else {int: "integer", float: "number", str: "text"}[hint]
    length = next((m.max_length for m in field.metadata if hasattr(m, "max_length")), None)
    return Parameter(
        name,
        kind,
        field.default,
        optional,
        choices,
        extra["lower"],
        extra["upper"],
        extra["reach"],
        extra["stops"],
        length,
        extra["sweep"],
        extra["ends_at"],
    )


class Settings(BaseModel):
    """A frozen, validated value whose fields are a table of parameters.

    Raises `ExplorerError` (all broken rules at once in `.errors`) on construction. `noun` names it in messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    noun: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as failure:
            errors = errors_of(failure, type(self))
            raise_all(errors + self._further_errors(values, {error.parameter for error in errors}))

    @classmethod
    def _further_errors(cls, values: dict[str, Any], broken: set[str]) -> list[ExplorerError]:
        """The errors beside those of `broken` parameters: the rules between parameters, checked with their defaults."""
        rest = {name: value for name, value in values.items() if name in cls.model_fields and name not in broken}
        if len(rest) == len(values):
            return []
        try:
            cls(**rest)
        except ExplorerError as others:
            return [error for error in others.errors if error.parameter not in broken]
        return []

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The value with these fields; they may have any type, such as the texts of a link or of flags.

        Raises:
            ExplorerError: they break rules of the table.
        """
        return cls(**values)

    def replace(self, **changes: Any) -> Self:
        """A validated copy with `changes`.

        Raises:
            ExplorerError: they break rules of the table.
        """
        return type(self).of({**self.model_dump(), **changes})


def errors_of(failure: ValidationError, model: type[Settings]) -> list[ExplorerError]:
    """The `ExplorerError`s that say what pydantic found, one for each parameter."""
    rows = table(model)
    errors: dict[str, ExplorerError] = {}
    for detail in failure.errors():
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, ExplorerError):
            errors |= {f"{e.parameter} {e.rule}": e for e in cause.errors}
            continue
        name, got = str(detail["loc"][0]), detail["input"]
        if name in rows:
            errors[name] = ExplorerError(name, rows[name].rule, _as_typed(got), rows[name].hint_for(got))
        else:
            matches = difflib.get_close_matches(name, rows, n=1)
            hint = f"Did you mean `{matches[0]}`?" if matches else f"The parameters are {', '.join(rows)}."
            errors[name] = ExplorerError(name, f"is not a parameter of {model.noun}", got, hint)
    return list(errors.values())


def _as_typed(got: object) -> object:
    if isinstance(got, str) and len(got) > 200:
        return f"{len(got)} characters"
    return '""' if got == "" else got
