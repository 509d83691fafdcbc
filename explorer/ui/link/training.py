"""The training page's values in the link: the plan's controls, its own choices, and a trained network.

A trained network is one text: the plan, and the iteration that is shown. So its link works in any session.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from explorer.base.errors import ExplorerError
from explorer.engine.parameters import table
from explorer.questions.training import TrainingPlan
from explorer.show.words import say
from explorer.ui.link.readers import Reader, ReadResult, accepted, rejected, truth

TRAINED, COMPARED, WHAT_IF, COLDEST, HOTTEST = "trained", "twins", "what_if", "coldest", "hottest"
ITERATION, LANE = "iteration", "lane"
FAR = 400  # decades: the farthest end of a colour range from 1
MOST_ITERATIONS = 100_000
LONGEST = 400  # characters of a trained network's text
THRESHOLDS = tuple(
    float(f"{digit}e{power}") for power in range(-4, 4) for digit in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
)


@dataclass(frozen=True)
class Trained:
    """One network of a training.

    Attributes:
        plan: how the controls' experiment was trained. compared: whether a twin without clipping was trained too.
        iteration: counted from 1; the network reads its batch. lane: 0, or 1 for the twin.
    """

    plan: TrainingPlan
    compared: bool
    iteration: int
    lane: int


def spelled(trained: Trained) -> str:
    """The network as one text: iteration, lane, and what differs from the plan's defaults."""
    rows = table(TrainingPlan)
    plan = {
        name: f"{value:.10g}" if isinstance(value, float) else value
        for name, row in rows.items()
        if (value := getattr(trained.plan, name)) != row.default
    }
    network = {ITERATION: trained.iteration, LANE: trained.lane, COMPARED: int(trained.compared)}
    return urlencode({**network, **plan})


def parse(text: str) -> Trained:
    """The network that a text describes.

    Raises:
        ExplorerError: the text describes none.
    """
    if len(text) > LONGEST:
        raise ExplorerError(TRAINED, f"must be at most {LONGEST} characters", f"{len(text)} characters")
    pairs = parse_qsl(text, keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ExplorerError(TRAINED, "must name everything once", text)
    iteration = _whole(ITERATION, fields.pop(ITERATION, ""), 1, MOST_ITERATIONS)
    lane = _whole(LANE, fields.pop(LANE, "0"), 0, 1)
    compared = _whole(COMPARED, fields.pop(COMPARED, "0"), 0, 1)
    if lane > compared:
        raise ExplorerError(LANE, "must be 0 where nothing is compared", lane)
    plan = TrainingPlan.of(fields)
    return Trained(plan.replace(steps=max(plan.steps, iteration)), bool(compared), iteration, lane)


def _whole(name: str, text: str, lower: int, upper: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 12 and lower <= int(text) <= upper:
        return int(text)
    raise ExplorerError(name, f"must be a whole number between {lower} and {upper}", text, f"Try {lower}.")


def _trained(text: str) -> ReadResult:
    try:
        return spelled(parse(text)), []
    except ExplorerError as error:
        return None, [say("link", "inside", name=TRAINED, said=error.errors[0].sentence)]


def _decade(name: str) -> Reader:
    def read(text: str) -> ReadResult:
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and len(digits) < 5 and int(digits) <= FAR:
            return str(int(text)), []
        return rejected(name, f"must be a whole number between −{FAR} and {FAR}", text, "Try -8.")

    return read


def _threshold(text: str) -> ReadResult:
    """Reads a threshold as the nearest one of `THRESHOLDS`."""
    try:
        wanted = float(text)
    except ValueError:
        wanted = 0.0
    if not THRESHOLDS[0] <= wanted <= THRESHOLDS[-1]:
        rule = f"must be a number between {THRESHOLDS[0]:g} and {THRESHOLDS[-1]:g}"
        return rejected(WHAT_IF, rule, text, "Try 1.")
    nearest = min(THRESHOLDS, key=lambda value: abs(value - wanted))
    rule, hint = "must be one of the thresholds that there are", f"It is {nearest:.10g} now."
    notes = [] if nearest == wanted else [ExplorerError(WHAT_IF, rule, text, hint).sentence]
    return f"{nearest:.10g}", notes


def _plan(name: str) -> Reader:
    def read(text: str) -> ReadResult:
        try:
            value = getattr(TrainingPlan.of({name: text}), name)
        except ExplorerError as error:
            return None, [error.errors[0].sentence]
        return accepted(table(TrainingPlan)[name], value, text)

    return read


READERS: dict[str, Reader] = {
    **{name: _plan(name) for name in table(TrainingPlan)},
    TRAINED: _trained,
    COMPARED: truth(COMPARED),
    WHAT_IF: _threshold,
    COLDEST: _decade(COLDEST),
    HOTTEST: _decade(HOTTEST),
}
