"""The one kind of error that users see: it names the parameter, the rule, the value given and a remedy."""

from __future__ import annotations

MAX_SHOWN = 60
MAX_READ = 10 * MAX_SHOWN  # characters; the text that a user gives may have any length


def shown(value: object) -> str:
    """`value` as text for a sentence: one line of at most 60 printable characters, without backticks."""
    text = (value if isinstance(value, str) else repr(value))[:MAX_READ]
    text = " ".join(text.split()).replace("`", "'")
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


class ExplorerError(ValueError):
    """Something the user gave breaks a rule.

    Attributes:
        parameter: the name of what was given, as the user writes it (``seq_len``, ``weight_hh_l0``).
        rule: the rule as the second half of a sentence ("must be between 2 and 5000").
        got: what was given, shortened to one line.
        hint: what to try instead, a sentence or "".
        errors: all errors found together; a single error holds itself.
    """

    def __init__(self, parameter: str, rule: str, got: object = "", hint: str = "") -> None:
        self.parameter, self.rule, self.got, self.hint = parameter, rule, shown(got), hint
        self.errors: tuple[ExplorerError, ...] = (self,)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole message: parameter, rule, value and hint."""
        got = f"; got {self.got}" if self.got else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"`{shown(self.parameter)}` {self.rule}{got}.{hint}"


class ExplorerErrors(ExplorerError):
    """Several errors of one experiment, reported at once; `errors` holds them in the order of the fields."""

    def __init__(self, errors: tuple[ExplorerError, ...]) -> None:
        first = errors[0]
        super().__init__(first.parameter, first.rule, first.got, first.hint)
        self.errors = errors
        self.args = ("\n".join(e.sentence for e in errors),)


class MissingMethod(TypeError):
    """A subclass lacks a method that it has to implement."""


def raise_all(errors: list[ExplorerError]) -> None:
    """Raise the collected errors: a single one as it is, several as one `ExplorerErrors`; do nothing without any.

    Raises:
        ExplorerError: there is at least one error.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExplorerErrors(tuple(errors))
