"""What a lens is: what it computes from a trace, the choices that it offers, its figures and its sentences.

Page, command line, links and the README take all lenses from one ordered table, `explorer.show.lenses.LENSES`.
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

LONGEST = 5000  # the largest number of steps of an experiment


@dataclass(frozen=True)
class Span:
    """The values that a choice of a lens may take for one trace, and its default.

    Attributes:
        lower, upper: bounds of a number.
        options: the allowed names; with fewer than two there is nothing to choose.
    """

    default: Any
    lower: int | None = None
    upper: int | None = None
    options: tuple[str, ...] = ()


class Choices(Settings):
    """The choices that a lens offers; a lens without choices takes this class.

    The rows are like those of an experiment, with bounds that hold for every trace; None takes the default of `spans`.
    """

    noun: ClassVar[str] = "a lens"

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        """Choice → its span for this trace; a choice that is left out has the same bounds for all traces."""
        return {}

    @classmethod
    def known(cls) -> dict[str, Callable[[], Sequence[str]]]:
        """Choice → a function that lists the names it may take, over all traces."""
        return {}

    def settled(self, trace: Trace) -> Self:
        """A copy in which every choice that is None has its default for this trace.

        Raises:
            ExplorerError: a choice lies outside its span.
        """
        spans, errors, values = type(self).spans(trace), [], {}
        for name, span in spans.items():
            value = getattr(self, name)
            values[name] = span.default if value is None else value
            errors += [] if value is None else _span_errors(name, value, span)
        raise_all(errors)
        return self.replace(**values)


def _span_errors(name: str, value: Any, span: Span) -> list[ExplorerError]:
    if span.lower is not None and span.upper is not None and not span.lower <= value <= span.upper:
        rule = f"must be a whole number between {span.lower} and {span.upper} here"
        if span.lower == span.upper:
            rule = f"must be {span.lower} here"
        return [ExplorerError(name, rule, value, f"Try {span.default}.")]
    if span.lower is None and value not in span.options:
        rule = "must be one of " + ", ".join(span.options) if span.options else "cannot be chosen here"
        return [ExplorerError(name, rule, value, f"Try {span.default}." if span.options else "")]
    return []


Results = Mapping[str, Any]
"""Name of a part → its result."""


@dataclass(frozen=True)
class Part:
    """One thing that a lens computes.

    Attributes:
        key: name of the result in a cache; parts of two lenses may share it.
        work: (trace, results of the parts before it, *asked) → the work.
        asked: choices → the further arguments of `work`; no other choice may change the result.
        drawn_only: whether only figures need it, and no sentence.
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
        figures: (results, trace, choices) → figures.
        sentences: (results, trace, choices) → sentences, each with its numbers.
        choices: the class of its choices.
        on_page: values of the choices that a page does not offer, because its figures need no others.
    """

    parts: Mapping[str, Part]
    figures: Callable[[Results, Trace, Any], Sequence[Figure]]
    sentences: Callable[[Results, Trace, Any], Sequence[str]]
    choices: type[Choices] = Choices
    on_page: Mapping[str, Any] = field(default_factory=dict)

    def look(
        self,
        trace: Trace,
        choices: Choices,
        parts: Collection[str] | None = None,
        remembered: MutableMapping[Hashable, Any] | None = None,
    ) -> Work[Results]:
        """Compute the parts; returns their results by name.

        Args:
            choices: as `Choices.settled` returns them.
            parts: names of the parts to compute; all by default.
            remembered: results for this trace by (a part's key, its arguments); it is read and filled.
        """
        memory, results = {} if remembered is None else remembered, dict[str, Any]()
        names = [name for name in self.parts if parts is None or name in parts]
        for number, name in enumerate(names):
            part = self.parts[name]
            key = part.key, part.asked(choices)
            if key not in memory:
                share = number / len(names), (number + 1) / len(names)
                memory[key] = yield from part_of(part.work(trace, results, *key[1]), *share)
            results[name] = memory[key]
        return results

    def chosen_on_page(self) -> tuple[str, ...]:
        """Names of the choices that a page offers and its link holds."""
        return tuple(name for name in table(self.choices) if name not in self.on_page)


def at_once(compute: Callable[..., Any]) -> Callable[..., Work[Any]]:
    """A quick function as the `work` of a part; `compute` gets the same arguments."""

    def work(trace: Trace, results: Results, *arguments: Any) -> Work[Any]:
        yield 1.0
        return compute(trace, results, *arguments)

    return work


def steps_of(function: Any, **fixed: Any) -> Callable[..., Work[Any]]:
    """A long function of a trace as the `work` of a part; `fixed` are keyword arguments of every call."""
    return lambda trace, results, *arguments: function.steps(trace, *arguments, **fixed)
