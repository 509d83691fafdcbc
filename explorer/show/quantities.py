"""Single numbers of a run by name, which stories claim, ask for and fill into their sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.base.long_work import finished
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.cliff.descent import Descents, descend
from explorer.questions.cliff.settings import CliffSettings
from explorer.questions.gradient_flow import Flow, gradient_flow
from explorer.questions.lenses.reach import reach_vectors
from explorer.questions.lenses.spectra import Spectrum, main_spectrum
from explorer.questions.linear_theory import rates_at_rest
from explorer.questions.textbook import FORMULAS, Comparison, Formula
from explorer.show.words import catalogue

NAN = float("nan")
FAR = 5  # steps


def _spectrum(trace: Trace) -> Spectrum:
    return main_spectrum(trace) or Spectrum("", np.array([NAN]), NAN, NAN)


def _flow(trace: Trace, state: str = "h") -> Flow:
    """The flow of a state's gradient; NaN throughout for a cell without that state."""
    return gradient_flow(trace, state) if state in trace.states else Flow(0, NAN, NAN, NAN, None, None, 0, NAN)


def _horizon(trace: Trace) -> float:
    flow = _flow(trace)
    return NAN if flow.grown_after is not None else float(flow.horizon or trace.experiment.seq_len)


def _per_step(flow: Flow) -> float:
    """What a step back leaves of the norm: the geometric mean over the steps that `decay` spans."""
    return float(10 ** (flow.decay / (flow.from_step - 1))) if flow.from_step > 1 else NAN


def _rises(trace: Trace) -> np.ndarray:
    """(n,) the norm at step 1 to the last step with a gradient, in decades above the level at the latter."""
    from_step = _flow(trace).from_step
    norms = trace.log10_state_grad_norm["h"][-1, 1 : from_step + 1]
    return norms - norms[-1] if from_step else np.array([NAN])


def _first_step(trace: Trace) -> float:
    """What the first step back from the last step with a gradient leaves of the norm."""
    rises = _rises(trace)
    return float(10 ** rises[-2]) if len(rises) > 1 else NAN


def _far_share(trace: Trace) -> float:
    """The largest share of a step's norm that losses more than `FAR` steps later send to it together."""
    vectors = reach_vectors(trace)["h"]
    steps = range(1, trace.last_loss - FAR)
    far = [np.linalg.norm(vectors[trace.loss_steps > step + FAR, step - 1].sum(0)) for step in steps]
    total = [np.linalg.norm(vectors[:, step - 1].sum(0)) for step in steps]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(far, total).max()) if len(steps) else NAN


def _bend(trace: Trace) -> float:
    rises = _rises(trace)
    with np.errstate(invalid="ignore"):  # an exact zero is nowhere on the line
        return float(np.abs(rises - np.linspace(rises[0], rises[-1], len(rises))).max())


def _slopes(trace: Trace) -> np.ndarray:
    """φ′ of the top layer's units at all steps, of a cell with an activation; NaN for any other."""
    activation = getattr(trace.experiment.new_cell(), "activation", None)
    return np.array([NAN]) if activation is None else activation.slope(np, trace.states["h"][-1, 1:])


def _states(trace: Trace) -> np.ndarray:
    """|h| of the top layer at all steps; NaN for a run that overflows."""
    return np.abs(trace.states["h"][-1, 1:]) if trace.overflow_step is None else np.array([NAN])


def _geometric_mean(values: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(values).mean()))


def _mean_gate(name: str) -> Callable[[Trace], float]:
    return lambda trace: float(trace.gates[name][-1].mean()) if name in trace.gates else NAN


QUANTITIES: dict[str, Callable[[Trace], float]] = {
    "decay": lambda trace: _flow(trace).decay,  # decades from the last step with a gradient to the first
    "peak": lambda trace: _flow(trace).peak,  # decades of the largest rise on the way
    "peak_back": lambda trace: float(np.argmax(_rises(trace)[::-1])),  # steps back to it
    "dip": lambda trace: float(_rises(trace).min()),  # decades of the deepest fall on the way, at most 0
    "bend": _bend,  # decades: the farthest that the curve lies from the line between its ends
    "per_step": lambda trace: _per_step(_flow(trace)),  # what a step back leaves, on average
    "first_step": _first_step,  # what the first step back leaves
    "far_share": _far_share,  # of a step's norm, at most: what losses more than `FAR` steps later send to it
    "horizon": _horizon,  # steps back until a thousandth is left
    "zeros": lambda trace: float(_flow(trace).zero_before),  # the last step of exact zeros
    "c_decay": lambda trace: _flow(trace, "c").decay,
    "c_peak": lambda trace: _flow(trace, "c").peak,
    "c_per_step": lambda trace: _per_step(_flow(trace, "c")),
    "loss": lambda trace: trace.loss,
    "norm_before": lambda trace: trace.clip.norm_before,
    "norm_after": lambda trace: trace.clip.norm_after,
    "clip_cosine": lambda trace: trace.clip.cosine,
    "radius": lambda trace: _spectrum(trace).radius,
    "sigma": lambda trace: _spectrum(trace).norm,
    "least_eigenvalue": lambda trace: float(np.abs(_spectrum(trace).eigenvalues[-1])),
    "rest_radius": lambda trace: float(10 ** rates_at_rest(trace)[-1]),  # ρ of a step's Jacobian at rest
    "slope_mean": lambda trace: float(_slopes(trace).mean()),
    "slope_geometric": lambda trace: _geometric_mean(_slopes(trace)),
    "slope_max": lambda trace: float(_slopes(trace).max()),
    "state_mean": lambda trace: float(_states(trace).mean()),  # of |h|
    "state_max": lambda trace: float(_states(trace).max()),
    "overflow": lambda trace: float(trace.overflow_step or 0),
    "steps": lambda trace: float(trace.experiment.seq_len),
    "back": lambda trace: float(max(0, _flow(trace).from_step - 1)),  # the steps back that `decay` spans
    **{f"gate_{name}": _mean_gate(name) for name in catalogue()["gate"]},
}
"""Name → function of a trace, about its top layer. ``horizon`` is T if it lies beyond the sequence, and NaN where the
gradient grows a thousandfold; ``zeros`` and ``overflow`` are 0 if there are none. NaN stands for what there is not:
``radius``, ``sigma``, ``least_eigenvalue`` of a cell without recurrent weights, ``c_…`` without a state c, ``slope_…``
without an activation, ``gate_…`` without the gate. Means are over all steps, sequences and units."""


FORMULA_QUANTITIES: dict[str, Callable[[Comparison], float]] = {
    "number": lambda comparison: comparison.number,
    "true": lambda comparison: comparison.changes[0],
    "written": lambda comparison: comparison.changes[1],
}
"""Numbers of a textbook formula compared with the truth, for names such as ``m01_number``."""


def _of_formula(formula: Formula, read: Callable[[Comparison], float]) -> Callable[[Trace], float]:
    return lambda trace: read(formula.compare(trace))


QUANTITIES |= {
    f"{code}_{name}": _of_formula(formula, read)
    for code, formula in FORMULAS.items()
    for name, read in FORMULA_QUANTITIES.items()
}


@lru_cache(64)
def _descents(page: tuple[tuple[str, str], ...], experiment: Experiment) -> Descents:
    values: dict[str, Any] = {name: text for name, text in page if name in table(CliffSettings)}
    settings = CliffSettings(**values)
    start, pace = settings.start(experiment), (settings.cliff_rate, settings.cliff_threshold, settings.cliff_steps)
    return finished(descend(settings.landscape(experiment), start, *pace))


CLIFF_QUANTITIES: dict[str, Callable[[Descents], float]] = {
    "cliff_steps": lambda descents: float(descents.plain.steps),
    "cliff_start_loss": lambda descents: float(descents.plain.losses[0]),
    "cliff_jump": lambda descents: descents.plain.largest_jump,
    "cliff_jump_clipped": lambda descents: descents.clipped.largest_jump,
    "cliff_loss": lambda descents: float(descents.plain.losses[-1]),
    "cliff_loss_clipped": lambda descents: float(descents.clipped.losses[-1]),
    "cliff_times_clipped": lambda descents: float(descents.clipped.clipped.sum()),
}
"""Numbers of the two descents on the landscape that the page's settings choose."""

NAMES = QUANTITIES.keys() | CLIFF_QUANTITIES.keys()


def quantity(name: str, trace: Trace, page: Mapping[str, str]) -> float:
    """The number of a run called `name`, one of `NAMES`, on a page that is opened with the settings `page`.

    Raises:
        ExplorerError: the page's settings are not valid, or a textbook formula does not apply to this run.
    """
    if name in CLIFF_QUANTITIES:
        return CLIFF_QUANTITIES[name](_descents(tuple(sorted(page.items())), trace.experiment))
    return QUANTITIES[name](trace)
