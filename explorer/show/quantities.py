"""Single numbers of a run by name, which stories claim, ask for and fill into their sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from explorer.base.long_work import finished
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.cliff.descent import Descents, descend
from explorer.questions.cliff.settings import CliffSettings
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.lenses.spectra import Spectrum, main_spectrum
from explorer.questions.textbook import FORMULAS, Comparison, Formula


def _spectrum(trace: Trace) -> Spectrum:
    spectrum = main_spectrum(trace)
    no_spectrum = Spectrum("", trace.weights["weight_out"][0, :0], float("nan"), float("nan"))
    return no_spectrum if spectrum is None else spectrum


QUANTITIES: dict[str, Callable[[Trace], float]] = {
    "decay": lambda trace: gradient_flow(trace).decay,  # decades from the last step to the first
    "peak": lambda trace: gradient_flow(trace).peak,  # decades of the largest rise on the way
    "horizon": lambda trace: float(gradient_flow(trace).horizon or trace.experiment.seq_len),
    "zeros": lambda trace: float(gradient_flow(trace).zero_before),  # the last step of exact zeros
    "loss": lambda trace: trace.loss,
    "norm_before": lambda trace: trace.clip.norm_before,
    "norm_after": lambda trace: trace.clip.norm_after,
    "clip_cosine": lambda trace: trace.clip.cosine,
    "radius": lambda trace: _spectrum(trace).radius,
    "sigma": lambda trace: _spectrum(trace).norm,
    "overflow": lambda trace: float(trace.overflow_step or 0),
    "steps": lambda trace: float(trace.experiment.seq_len),
}
"""Name → function of a trace. ``horizon`` is T if it lies beyond the sequence; ``zeros`` and ``overflow`` are 0 if
there are none; ``radius`` and ``sigma`` are NaN for a cell without recurrent weights."""

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
