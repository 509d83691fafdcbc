"""What a lens is: what it computes of a trace, what one may choose, and what is drawn and said of it.

Page, command line, links and the README take all of it from one ordered table of these, `explorer.show.lenses.LENSES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from explorer.base.errors import ExplorerError, raise_all
from explorer.base.long_work import Work, part_of
from explorer.engine.parameters import Settings, table
from explorer.engine.trace import Trace
from explorer.show.plots.record import Figure

LONGEST = 5000  # steps that there can be


@dataclass(frozen=True)
class Span:
    """What one of a lens's choices may be for one trace, and what it is unless somebody chooses.

    Attributes:
        lower, upper: of a number.
        options: of a name; where there are fewer than two, there is nothing to choose.
    """

    default: Any
    lower: int | None = None
    upper: int | None = None
    options: tuple[str, ...] = ()


class Choices(Settings):
    """The table of what one may choose; a lens without choices takes this one.

    The rows are as an experiment's, with bounds that hold for every trace; None leaves the choice to `spans`.
    """

    noun: ClassVar[str] = "a lens"

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        """Choice → its span for this trace; those that are left out are the same for all traces."""
        return {}

    @classmethod
    def known(cls) -> dict[str, Callable[[], Sequence[str]]]:
        """Choice → the names that it may have for some trace or other."""
        return {}

    def settled(self, trace: Trace) -> Self:
        """With every choice made.

        Raises:
            ExplorerError: one lies beyond its span.
        """
        spans, errors, filled = type(self).spans(trace), [], {}
        for name, span in spans.items():
            value = getattr(self, name)
            filled[name] = span.default if value is None else value
            errors += [] if value is None else _misfit(name, value, span)
        raise_all(errors)
        return self.replace(**filled)


def _misfit(name: str, value: Any, span: Span) -> list[ExplorerError]:
    if span.lower is not None and span.upper is not None and not span.lower <= value <= span.upper:
        rule = f"must be a whole number between {span.lower} and {span.upper} here"
        if span.lower == span.upper:
            rule = f"must be {span.lower} here"
        return [ExplorerError(name, rule, value, f"Try {span.default}.")]
    if span.lower is None and value not in span.options:
        rule = "must be one of " + ", ".join(span.options) if span.options else "cannot be chosen here"
        return [ExplorerError(name, rule, value, f"Try {span.default}." if span.options else "")]
    return []


Found = Mapping[str, Any]
"""Part → what it came to."""


@dataclass(frozen=True)
class Part:
    """One thing that a lens computes.

    Attributes:
        key: names what is computed, for those that remember it: parts of two lenses may share it.
        work: (trace, what the parts before it came to, *asked) → the work.
        asked: what it is asked, of the choices; nothing else of them may change what it comes to.
        drawn_only: whether figures alone need it, and no sentence.
    """

    key: str
    work: Callable[..., Work[Any]]
    asked: Callable[[Any], tuple[Any, ...]] = lambda choices: ()
    drawn_only: bool = False


@dataclass(frozen=True)
class Lens:
    """One lens.

    Attributes:
        parts: by name, in the order in which they are computed; ``record`` is what the library's function returns, and
            what the command line writes as numbers.
        figures: (what was found, trace, choices) → figures.
        sentences: the same → sentences, each with its numbers.
        choices: the table of what one may choose.
        on_page: choices that a page makes by itself: its pictures need no more.
    """

    parts: Mapping[str, Part]
    figures: Callable[[Found, Trace, Any], Sequence[Figure]]
    sentences: Callable[[Found, Trace, Any], Sequence[str]]
    choices: type[Choices] = Choices
    on_page: Mapping[str, Any] = field(default_factory=dict)

    def look(
        self,
        trace: Trace,
        choices: Choices,
        parts: Collection[str] | None = None,
        remembered: MutableMapping[Hashable, Any] | None = None,
    ) -> Work[Found]:
        """What the parts come to.

        Args:
            choices: settled.
            parts: those that are wanted; all where absent.
            remembered: of this trace: (a part's key, what it was asked) → what it came to; is read and filled.
        """
        memory, found = {} if remembered is None else remembered, dict[str, Any]()
        wanted = [name for name in self.parts if parts is None or name in parts]
        for number, name in enumerate(wanted):
            part = self.parts[name]
            key = part.key, part.asked(choices)
            if key not in memory:
                share = number / len(wanted), (number + 1) / len(wanted)
                memory[key] = yield from part_of(part.work(trace, found, *key[1]), *share)
            found[name] = memory[key]
        return found

    def chosen_on_page(self) -> tuple[str, ...]:
        """The choices that a page offers, and that stand in its link."""
        return tuple(name for name in table(self.choices) if name not in self.on_page)


def at_once(compute: Callable[..., Any]) -> Callable[..., Work[Any]]:
    """Something quick as the work of a part; `compute` is called as that would be."""

    def work(trace: Trace, found: Found, *asked: Any) -> Work[Any]:
        yield 1.0
        return compute(trace, found, *asked)

    return work


def steps_of(function: Any, **fixed: Any) -> Callable[..., Work[Any]]:
    """A long function of a trace as the work of a part."""
    return lambda trace, found, *asked: function.steps(trace, *asked, **fixed)
