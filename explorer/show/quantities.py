"""Single numbers of a run by name: what stories claim, ask for and fill into their sentences."""

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
from explorer.questions.diagnosis import gradient_flow
from explorer.questions.lenses.spectra import Spectrum, main_spectrum
from explorer.questions.textbook import FORMULAS, Comparison, Formula


def _spectrum(trace: Trace) -> Spectrum:
    found = main_spectrum(trace)
    nothing = Spectrum("", trace.weights["weight_out"][0, :0], float("nan"), float("nan"))
    return nothing if found is None else found


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
"""Each a function of a trace; ``horizon`` is T where it lies beyond the sequence, ``zeros`` and ``overflow`` 0 where
there is none, ``radius`` and ``sigma`` NaN for a cell without recurrent weights."""

OF_FORMULAS: dict[str, Callable[[Comparison], float]] = {
    "number": lambda comparison: comparison.number,
    "true": lambda comparison: comparison.changes[0],
    "written": lambda comparison: comparison.changes[1],
}
"""Of a textbook formula beside the truth, under names such as ``m01_number``."""


def _of_formula(formula: Formula, read: Callable[[Comparison], float]) -> Callable[[Trace], float]:
    return lambda trace: read(formula.compare(trace))


QUANTITIES |= {
    f"{code}_{name}": _of_formula(formula, read)
    for code, formula in FORMULAS.items()
    for name, read in OF_FORMULAS.items()
}


@lru_cache(64)
def _descents(page: tuple[tuple[str, str], ...], experiment: Experiment) -> Descents:
    chosen: dict[str, Any] = {name: text for name, text in page if name in table(CliffSettings)}
    settings = CliffSettings(**chosen)
    start, pace = settings.start(experiment), (settings.cliff_rate, settings.cliff_threshold, settings.cliff_steps)
    return finished(descend(settings.landscape(experiment), start, *pace))


OF_CLIFF: dict[str, Callable[[Descents], float]] = {
    "cliff_jump": lambda both: both.plain.largest_jump,
    "cliff_jump_clipped": lambda both: both.clipped.largest_jump,
    "cliff_loss": lambda both: float(both.plain.losses[-1]),
    "cliff_loss_clipped": lambda both: float(both.clipped.losses[-1]),
    "cliff_times_clipped": lambda both: float(both.clipped.clipped.sum()),
}
"""Of the two descents on the landscape that a page is opened with."""

NAMES = QUANTITIES.keys() | OF_CLIFF.keys()


def quantity(name: str, trace: Trace, page: Mapping[str, str]) -> float:
    """The number called `name` of a run, on a page that is opened with the settings `page`.

    Raises:
        ExplorerError: the page's settings cannot be taken.
    """
    if name in OF_CLIFF:
        return OF_CLIFF[name](_descents(tuple(sorted(page.items())), trace.experiment))
    return QUANTITIES[name](trace)
