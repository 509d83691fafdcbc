"""What to try next: a change of the experiment that moves the verdict towards healthy, found by running it.

Candidates come from rules about what holds a gradient down or blows it up; the first whose run is healthy is taken,
else the one that helps most. Without trials the first candidate stands untried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment, memory_estimate
from explorer.engine.parameters import table
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.questions.diagnosis import Finding, diagnose

KEEPING = {1: 5.0, -1: -4.0}  # a gate's `keeps` → a bias at which it keeps 99 % of the state a step
LONG_MEMORY: Mapping[str, object] = {"cell": "lstm", "forget_bias": KEEPING[1]}
LEAST_GAIN, MOST_GAIN = 0.01, 10.0
QUICK_BYTES = 64 * 2**20  # a run of this size takes about 0.2 seconds
GIVEN_IN_TIME = {"inputs", "targets", "output_grads"}  # arrays of the run's own length
LEAST_HELP = 0.1  # a remedy takes away at least this share of what is wrong

Change = Mapping[str, Any]


@dataclass(frozen=True)
class Remedy:
    """What to try next.

    Attributes:
        code: which rule found it; or, without a change, the reason why there is none: ``own_weights`` (the controls do
            not change weights that were supplied), ``inputs_given_down`` (the supplied inputs saturate the units),
            ``silent`` (no loss sends a gradient), ``longest`` and ``longer_given`` (all is well, and a longer sequence
            does not fit, or has to be supplied), ``none`` (nothing that was tried helps).
        change: parameter → value, for `Experiment.replace`.
        outcome: the gravest finding of a run with the change; None if it was not tried.
    """

    code: str
    change: Change = field(default_factory=dict)
    outcome: Finding | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "change", MappingProxyType(dict(self.change)))


def remedy(trace: Trace, tried: bool = True) -> Remedy:
    """What to try next, for the gravest finding of a trace.

    Args:
        tried: whether candidates are run, each about as long as the trace's own run, and the result is remembered as
            long as the trace. Where the caller supplied inputs, targets or states, none can be run.
    """
    if tried and trace in _found:
        return _found[trace]
    result = _remedy(trace, tried)
    if tried:
        _found[trace] = result
    return result


_found: WeakKeyDictionary[Trace, Remedy] = WeakKeyDictionary()


def _remedy(trace: Trace, tried: bool) -> Remedy:
    worst, e = diagnose(trace)[0], trace.experiment
    if "weights" in trace.supplied:
        return Remedy("own_weights")
    if worst.code == "silent":
        return Remedy("silent")
    if worst.code == "healthy":
        return Remedy("longer_given") if GIVEN_IN_TIME & set(trace.supplied) else _longer(e)
    if "inputs" in trace.supplied and any(
        f.code == "saturated" and f.evidence["where"] == "units" for f in diagnose(trace)
    ):
        return Remedy("inputs_given_down")
    offers = [(code, change) for code, change in _candidates(worst, e) if _changes_something(e, change)]
    if trace.supplied:
        fitting = [offer for offer in offers if not offer[1].keys() & {"seq_len", "batch_size"}]
        return Remedy(*fitting[0]) if fitting else Remedy("none")
    return _best(worst, e, offers) if tried else Remedy(*offers[0])


def is_quick(e: Experiment) -> bool:
    """Whether runs like this one are short enough to be tried while a reader waits."""
    return memory_estimate(e) <= QUICK_BYTES


def _best(worst: Finding, e: Experiment, offers: Sequence[tuple[str, Change]]) -> Remedy:
    """The first offer whose run is healthy; else the one that helps most."""
    best, best_badness = Remedy("none"), (1.0 - LEAST_HELP) * _badness(worst, worst.code)
    for code, change in offers:
        try:
            outcome = diagnose(run(e.replace(**change)))[0]
        except ExplorerError:
            continue
        badness = _badness(outcome, worst.code)
        if badness < best_badness:
            best, best_badness = Remedy(code, change, outcome), badness
        if outcome.code == "healthy":
            break
    return best


def _badness(finding: Finding, before: str) -> float:
    """How far from healthy, in decades; infinite for a turn from vanishing to exploding, or back."""
    evidence = finding.evidence
    match finding.code:
        case "healthy":
            return 0.0
        case "vanishing" | "local" if before in ("vanishing", "local", "overflowed"):
            return -min(float(evidence["decades"]), float(evidence.get("far_decades", 0.0)))
        case "exploding" if before in ("exploding", "overflowed"):
            return float(evidence["peak"])
        case "overflowed":
            return 1e9 / float(evidence["at_step"])
    return math.inf


def _changes_something(e: Experiment, change: Change) -> bool:
    """Whether a change is valid, and sets anything that has an effect to another value."""
    try:
        after = e.replace(**change)
    except ExplorerError:
        return False
    return any(getattr(after, name) != getattr(e, name) and name not in after.without_effect for name in change)


def _candidates(worst: Finding, e: Experiment) -> Iterator[tuple[str, Change]]:
    match worst.code:
        case "overflowed":
            yield from _against_overflow(worst, e)
        case "exploding":
            yield from _against_growth(worst, e)
        case _:
            yield from _against_decay(worst, e)


def _against_decay(worst: Finding, e: Experiment) -> Iterator[tuple[str, Change]]:
    """Open what keeps the state; else take away what shrinks, the activation's slope first, then the matrix."""
    kind = CELLS[e.cell].kind
    for parameter, gate in kind.bias_of.items():
        keeps = kind.keeps.get(gate, 0)
        present = getattr(e, parameter)
        if keeps and (present is None or keeps * present < keeps * KEEPING[keeps]):
            yield f"{parameter}_{'up' if keeps > 0 else 'down'}", {parameter: KEEPING[keeps]}
    if "activation" not in e.without_effect and e.activation in ("sigmoid", "relu"):
        yield "tanh" if e.activation == "sigmoid" else "tanh_revives", {"activation": "tanh"}
    if e.gain == 0 and "gain" not in e.without_effect:
        yield "gain_back", {"gain": 1.0}
    if e.input_gain > 1:
        yield "inputs_down", {"input_gain": 1.0}
    if "init" not in e.without_effect:
        yield from _orthogonal(e)
        yield from _scaled_gain(e, -float(worst.evidence.get("decades", 0.0)), worst, "gain_up")
        if e.init != "orthogonal":
            yield "orthogonal_tanh", {"init": "orthogonal", "gain": 1.0, "activation": "tanh"}
    yield "long_memory", LONG_MEMORY
    there = e.num_layers == 1 and all(getattr(e, name) == value for name, value in LONG_MEMORY.items())
    alone = {**LONG_MEMORY, "init": "default", "gain": 1.0, "input_gain": 1.0, "num_layers": 1}
    yield "long_memory_again" if there else "long_memory_alone", alone
    yield from _shorter(e, worst)


def _against_growth(worst: Finding, e: Experiment) -> Iterator[tuple[str, Change]]:
    """Lower the gain by what the growth asks for; else a matrix that keeps lengths; else another activation."""
    yield from _scaled_gain(e, -float(worst.evidence["peak"]), worst, "gain_down")
    if "gain" not in e.without_effect and e.gain > 1:
        yield "gain_one", {"gain": 1.0}
    if "init" not in e.without_effect:
        yield from _orthogonal(e)
    if "activation" not in e.without_effect and e.activation in ("relu", "identity"):
        yield "tanh_bounds", {"activation": "tanh"}
    yield "plain", {"init": "default", "gain": 1.0, "input_gain": 1.0}
    yield "long_memory", {**LONG_MEMORY, "init": "default", "gain": 1.0}
    yield from _shorter(e, worst)


def _against_overflow(worst: Finding, e: Experiment) -> Iterator[tuple[str, Change]]:
    if "activation" not in e.without_effect and e.activation in ("relu", "identity"):
        yield "tanh_bounds", {"activation": "tanh"}
    if "gain" not in e.without_effect and e.gain > 1:
        yield "gain_one", {"gain": 1.0}
    yield from _orthogonal(e)
    yield "plain", {"init": "default", "gain": 1.0, "input_gain": 1.0, "bias_init": "default"}
    yield "long_memory", {**LONG_MEMORY, "init": "default", "gain": 1.0}
    yield "shorter", {"seq_len": max(2, int(worst.evidence["at_step"]) - 1)}


def _orthogonal(e: Experiment) -> Iterator[tuple[str, Change]]:
    change: dict[str, Any] = {"init": "orthogonal"}
    yield "orthogonal", change if e.gain == 1 or "gain" in e.without_effect else {**change, "gain": 1.0}


def _scaled_gain(e: Experiment, decades: float, worst: Finding, code: str) -> Iterator[tuple[str, Change]]:
    """The gain at which a step changes by as much more as the whole way lacks, as in a linear network."""
    if "gain" in e.without_effect or not e.gain or not math.isfinite(decades):
        return
    steps = max(1, int(worst.evidence.get("back", 1)))
    gain = float(f"{e.gain * 10 ** (decades / steps):.2g}")
    if LEAST_GAIN <= gain <= MOST_GAIN:
        yield code, {"gain": gain}


def _shorter(e: Experiment, worst: Finding) -> Iterator[tuple[str, Change]]:
    """As many steps as the gradient crosses before it has changed a thousandfold, and half of them."""
    evidence = worst.evidence
    crossed = int(evidence.get("grown_after", evidence.get("horizon", evidence.get("apart", e.seq_len // 2))))
    for seq_len in (crossed, crossed // 2):
        if 2 <= seq_len < e.seq_len:
            yield "shorter", {"seq_len": seq_len}


def _longer(e: Experiment) -> Remedy:
    """Where all is well: a sequence twice as long shows how far it carries."""
    upper = table(Experiment)["seq_len"].upper
    assert upper is not None
    change = {"seq_len": min(2 * e.seq_len, int(upper))}
    return Remedy("longer", change) if _changes_something(e, change) else Remedy("longest")
