"""One run compared with torch autograd and with finite differences.

Of a run that would take more than a second or two, the last steps are compared: ∂L/∂h_t depends on nothing before t, so
these numbers can be checked without the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.base.backend import torch_is_installed
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.run_inputs import gather
from explorer.engine.trace import Trace
from explorer.questions.proof.check import DIFFERENCE_TOLERANCE, TOLERANCES, Check, relative_error
from explorer.questions.proof.oracle import Answer, autograd
from explorer.questions.proof.plain_cells import plain_step

SECONDS = 0.8  # rough limit for each of the two comparisons
MOST_ENTRIES = 8
NUDGE = 1e-4
MOST_MOVED = 1e-3  # largest change of the loss by one nudge
LEAST_NUDGE = 1e-8  # below it, the loss's own rounding shows
RESOLVED = 1e-3  # largest relative doubt with which the difference at an entry counts
FAINT = 1e-5  # a gradient below this share of the loss is lost in the loss's own rounding
UNSTEADY = 1e-3  # if the last digit moves autograd by this share of the difference, the difference may be rounding
FEWEST_STEPS = 8
MARGIN = {"float64": 290.0, "float32": 30.0}  # decades within which plain floats keep all of their digits


@dataclass(frozen=True)
class Proof:
    """The result of `prove`.

    Attributes:
        code: ``held``, ``differs``, or ``overflowed``: there is no gradient to compare.
        experiment: the experiment that was run.
        autograd: the comparison with torch, or None without torch.
        differences: the comparison with finite differences, or None where they tell nothing (`entries` is 0).
        steps: number of last steps that were compared with autograd: all, as many as there is time for (``time`` in
            `limit`), or as many as rounding allows (``rounding``): a chaotic run amplifies the last digit until two
            right computations of it have nothing in common.
        limit: empty where all steps were compared.
        compared: number of compared values.
        beyond: number of steps among them whose gradient no float can hold; they were left out.
        spread: how far autograd's own numbers move, over more steps, if the last digit of every weight changes; 0 where
            it was not computed.
        entries: number of entries of weights that were nudged.
    """

    code: str
    experiment: Experiment
    autograd: Check | None = None
    differences: Check | None = None
    steps: int = 0
    limit: str = ""
    compared: int = 0
    beyond: int = 0
    spread: float = 0.0
    entries: int = 0

    @property
    def checks(self) -> tuple[Check, ...]:
        """The comparisons that were made."""
        return tuple(check for check in (self.autograd, self.differences) if check is not None)


def prove(trace: Trace) -> Proof:
    """Compare a run with autograd and finite differences; it takes a second or two at most for usual sizes.

    Autograd runs a plainly written forward pass on the trace's weights, inputs and targets in float64, and gives
    outputs, states, gates, every state gradient and every weight gradient. Finite differences nudge a few entries of
    the weights, drawn by a fixed seed, and recompute the loss.
    """
    e = trace.experiment
    if trace.overflow_step is not None:
        return Proof("overflowed", e)
    comparable = torch_is_installed() and plain_step(e.cell) is not None
    result = _against_autograd(trace) if comparable else None
    differences, entries = _against_differences(trace)
    checks = [check for check in (result.check if result else None, differences) if check is not None]
    code = "held" if all(check.holds for check in checks) else "differs"
    if result is None:
        return Proof(code, e, differences=differences, entries=entries)
    beyond = int((~np.all(_in_range(trace), axis=0)[e.seq_len - result.steps + 1 :]).sum())
    return Proof(
        code, e, result.check, differences, result.steps, result.limit, result.compared, beyond, result.spread, entries
    )


@dataclass(frozen=True)
class _AutogradComparison:
    """The comparison with autograd; attributes as in `Proof`."""

    check: Check
    steps: int
    limit: str
    compared: int
    spread: float


def _against_autograd(trace: Trace) -> _AutogradComparison:
    """Compare as many steps as there is time for; fewer, where autograd itself is not stable over so many."""
    e = trace.experiment
    steps = min(e.seq_len, max(1, int(SECONDS / (1.5e-3 + 5e-9 * _size(trace)))))
    limit, spread = ("" if steps == e.seq_len else "time"), 0.0
    while True:
        theirs = _answer(trace, steps, trace.weights)
        errors = dict(_errors(trace, theirs, e.seq_len - steps))
        where = max(errors, key=lambda name: errors[name][0])
        check = Check("autograd", e.cell, errors[where][0], where, TOLERANCES[e.dtype])
        if check.holds or steps <= FEWEST_STEPS:
            break
        new_spread = _spread(theirs, _answer(trace, steps, _perturbed_weights(trace)))
        if new_spread < UNSTEADY * min(check.worst, 1.0):
            break
        steps, limit, spread = max(FEWEST_STEPS, steps // 2), "rounding", new_spread
    return _AutogradComparison(check, steps, limit, sum(count for _, count in errors.values()), spread)


def _size(trace: Trace) -> int:
    """The size to which the cost of a step is proportional."""
    return sum(w.size for w in trace.weights.values()) * trace.experiment.batch_size


def _targets(trace: Trace) -> np.ndarray | None:
    """The targets of the steps with a loss; None where the caller supplied targets or cotangents, as a trace keeps only
    the cotangents."""
    if {"targets", "output_grads"} & set(trace.supplied):
        return None
    return gather(trace.experiment, weights=trace.weights, inputs=trace.inputs).targets


def _cotangents(trace: Trace) -> np.ndarray:
    """(T, B, O): ∂L/∂outputs, zero where there is no loss."""
    all_steps = np.zeros_like(trace.outputs, dtype=float)
    all_steps[len(all_steps) - len(trace.output_grads) :] = trace.output_grads
    return all_steps


def _answer(trace: Trace, steps: int, weights: Mapping[str, np.ndarray]) -> Answer:
    """Autograd over the last steps, from the run's state before them."""
    e, start, targets = trace.experiment, trace.experiment.seq_len - steps, _targets(trace)
    initial = {name: np.asarray(s[:, start], float) for name, s in trace.states.items()}
    w = {name: np.asarray(value, float) for name, value in weights.items()}
    end_args = (None, e.loss_at, _cotangents(trace)[start:]) if targets is None else (targets[-steps:], e.loss_at, None)
    return autograd(e.cell, e.activation, w, np.asarray(trace.inputs[start:], float), initial, *end_args)


def _in_range(trace: Trace) -> np.ndarray:
    """(L, T+1) bool: where plain floats hold all digits of every state's gradient; they do for an exact zero."""
    norms, limit = np.stack(list(trace.log10_state_grad_norm.values())), MARGIN[trace.experiment.dtype]
    return np.all((np.abs(norms) < limit) | np.isneginf(norms), axis=0)


def _errors(trace: Trace, theirs: Answer, start: int) -> Iterator[tuple[str, tuple[float, int]]]:
    """Field → its largest error, relative to the largest value of that step (of the field, where it has no steps), and
    the number of compared values.

    The first `start` steps are not in `theirs`: its initial state is then given, and has no gradient to compare.
    """
    first = 1 if start else 0
    yield "outputs", _worst(trace.outputs[start:], theirs.outputs)
    fields: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], int]] = {
        "states": (trace.states, theirs.states, 1),
        "gates": (trace.gates, theirs.gates, 0),
        "state_grads": (trace.state_grads, theirs.state_grads, first),
    }
    in_range = _in_range(trace)[:, start:]
    for field, (ours, expected, skipped) in fields.items():
        for name in ours:
            value = expected[name]
            places = [(layer, t) for layer in range(len(value)) for t in range(skipped, value.shape[1])]
            if field == "state_grads":
                places = [place for place in places if in_range[place]]
            pairs = [_worst(ours[name][layer, start + t], value[layer, t]) for layer, t in places]
            if pairs:
                yield f"{field}[{name!r}]", (max(worst for worst, _ in pairs), sum(count for _, count in pairs))
    for name, norms in theirs.step_weight_grad_norm.items():
        yield f"step_weight_grad_norm[{name!r}]", _worst(trace.step_weight_grad_norm[name][start:], norms)
    if start == 0:
        if _targets(trace) is not None:
            yield "loss", _worst(trace.loss, theirs.loss)
        for name, value in theirs.weight_grads.items():
            yield f"weight_grads[{name!r}]", _worst(trace.weight_grads[name], value)


def _worst(ours: Any, theirs: Any) -> tuple[float, int]:
    """The largest relative error, and the number of compared values: none where floats cannot hold them."""
    theirs = np.asarray(theirs, float)
    scale = float(np.abs(theirs).max(initial=0.0))
    if not np.isfinite(scale) or 0.0 < scale < 10.0 ** -MARGIN["float64"]:
        return 0.0, 0
    return relative_error(ours, theirs), theirs.size


def _perturbed_weights(trace: Trace) -> dict[str, np.ndarray]:
    """The weights with the last digit of each entry changed, up or down at random."""
    rng, unit = np.random.default_rng(0), np.finfo(trace.experiment.dtype).eps
    return {name: w * (1.0 + unit * rng.choice([-1.0, 1.0], w.shape)) for name, w in trace.weights.items()}


def _spread(one: Answer, other: Answer) -> float:
    """The largest difference between two answers, measured as in `_errors`."""
    pairs = [(one.outputs, other.outputs), *((v, other.weight_grads[n]) for n, v in one.weight_grads.items())]
    for field in ("states", "state_grads"):
        for name, value in getattr(one, field).items():
            pairs += [(value[:, t], getattr(other, field)[name][:, t]) for t in range(value.shape[1])]
    return max(_worst(theirs, ours)[0] for ours, theirs in pairs)


def _against_differences(trace: Trace) -> tuple[Check | None, int]:
    """Check entries of weights by central differences of the loss at two nudges, which also give their uncertainty."""
    e = trace.experiment
    run_seconds = e.seq_len * (5e-5 + 2e-10 * _size(trace))
    limit, entries, worst, where, tolerance = min(MOST_ENTRIES, int(SECONDS / (4 * run_seconds))), 0, 0.0, "", 0.0
    loss = _loss(trace, trace.weights) if limit else 0.0
    if limit and abs(loss - _objective(trace, trace.outputs, trace.loss)) > TOLERANCES[e.dtype] * max(1.0, abs(loss)):
        return None, 0  # chaotic in single precision: in double precision it is another run
    for name, index in _draw_entries(trace, 2 * limit):
        scale = float(np.abs(trace.weight_grads[name]).max())
        slope, doubt = _slope(trace, name, index, min(NUDGE, MOST_MOVED / scale), loss)
        if entries < limit and doubt < RESOLVED * scale:
            entries += 1
            error = float(abs(slope - trace.weight_grads[name].flat[index])) / scale
            tolerance = max(tolerance, doubt / scale)
            if error >= worst:
                position = ", ".join(str(i + 1) for i in np.unravel_index(index, trace.weights[name].shape))
                worst, where = error, f"{name}[{position}]"
    if not entries:
        return None, 0
    least_tolerance = max(DIFFERENCE_TOLERANCE, TOLERANCES[e.dtype])
    return Check("differences", e.cell, worst, where, max(tolerance, least_tolerance)), entries


def _draw_entries(trace: Trace, count: int) -> Iterator[tuple[str, int]]:
    """Draw entries whose gradient a difference of two losses can show: one per weight, then round again, alternately
    among the entries with a large gradient and among all with a gradient."""
    rng = np.random.default_rng(0)
    scales = {name: float(np.abs(g).max()) for name, g in trace.weight_grads.items()}
    lower, upper = FAINT * max(1.0, abs(float(np.nan_to_num(trace.loss)))), MOST_MOVED / LEAST_NUDGE
    names = [name for name, scale in scales.items() if lower < scale < upper]
    for number in range(count if names else 0):
        lap, place = divmod(number, len(names))
        name = names[place]
        candidates = np.flatnonzero(np.abs(trace.weight_grads[name]) > (0.0 if lap % 2 else 0.01) * scales[name])
        yield name, int(rng.choice(candidates))


def _slope(trace: Trace, name: str, index: int, nudge: float, loss: float) -> tuple[float, float]:
    """∂L/∂entry, and its uncertainty.

    The slopes at the nudges h and 2h differ by the change of the curvature. The bend of a smooth loss grows as the
    square of the nudge; where it does not, there is a kink nearby, as of a ReLU.
    """
    near, far = ([_loss(trace, _nudged(trace, name, index, sign * h)) for sign in (1, -1)] for h in (nudge, 2 * nudge))
    slopes = [(near[0] - near[1]) / (2 * nudge), (far[0] - far[1]) / (4 * nudge)]
    bends = [(sum(near) - 2 * loss) / nudge, (sum(far) - 2 * loss) / (2 * nudge)]
    return (4 * slopes[0] - slopes[1]) / 3, abs(slopes[0] - slopes[1]) + abs(bends[1] - 2 * bends[0])


def _nudged(trace: Trace, name: str, index: int, by: float) -> dict[str, np.ndarray]:
    weights = {n: np.array(w, float) for n, w in trace.weights.items()}
    weights[name].flat[index] += by
    return weights


def _loss(trace: Trace, weights: Mapping[str, np.ndarray]) -> float:
    """The loss of the run with other weights, in float64; see `_objective` where only cotangents are known."""
    e, targets = trace.experiment.replace(dtype="float64", backend="numpy"), _targets(trace)
    initial = {name: s[:, 0] for name, s in trace.states.items()}
    if targets is None:
        rerun = run(e, weights, trace.inputs, initial_state=initial, output_grads=_cotangents(trace))
    else:
        rerun = run(e, weights, trace.inputs, _as_given(targets), initial)
    return _objective(trace, rerun.outputs, rerun.loss)


def _objective(trace: Trace, outputs: np.ndarray, loss: float) -> float:
    """The loss; for a run without one of its own, the inner product of its cotangents and the outputs."""
    return (
        loss if _targets(trace) is not None else float((outputs[-len(trace.output_grads) :] * trace.output_grads).sum())
    )


def _as_given(targets: np.ndarray) -> np.ndarray:
    """Targets (n, B, …) as a caller would give them: a single step without its axis."""
    return targets[0] if len(targets) == 1 else targets
