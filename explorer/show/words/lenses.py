"""What the lenses' records say, as sentences with their numbers."""

from __future__ import annotations

import math

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.lenses.reach import FarPart
from explorer.questions.lenses.spectra import Bound, Spectrum
from explorer.questions.lenses.truncation import Truncation
from explorer.show.words import say
from explorer.show.words.numbers import decades, magnitude, short, steps

ALL = 1e-9  # what lacks less than this is all
LEVEL = 3.0  # decades within which a gradient looks healthy: the verdicts' own


def percentage(share: float) -> str:
    """Three digits, however small, and as many nines as there are: "89.7 %", "99.9993 %"."""
    if not np.isfinite(share):
        return say("number", "not_finite")
    rest = 100 * abs(1 - share)
    close = ALL < rest < 0.1
    return (f"{100 * share:.{_digits_to(rest)}f}" if close else short(100 * share)) + "\u00a0%"


def _digits_to(rest: float) -> int:
    """After the point, so that what is left up to a round number can be seen."""
    return math.ceil(-math.log10(rest))


def two_digits(value: float) -> str:
    return say("number", "not_finite") if not np.isfinite(value) else short(value)


def far_sentence(part: FarPart, e: Experiment, log10_last: float) -> str:
    """How much of the gradient at a step comes from far losses: at every step it is a part, at the last one all.

    Args:
        log10_last: log10 ‖∂L/∂h_T‖, the level to which the sum is compared.
    """
    told = {"step": part.step, "apart": steps(part.apart), "total": magnitude(part.log10_total)}
    if part.code != "whole" or np.isneginf(part.log10_total):
        return say("lens_sentence", f"far_{'zero' if part.code == 'whole' else part.code}", **told)
    change = part.log10_total - log10_last
    told |= {"change": decades(change), "seq_len": e.seq_len}
    if e.loss_at == "last":
        return say("lens_sentence", "far_last", **told)
    far = part.log10_far - part.log10_total
    share = percentage(10**far) if far > -3 else say("lens_sentence", "far_part", part=magnitude(-far))
    if np.isneginf(far):
        share = say("lens_sentence", "far_nothing")
    healthy = "far_looks_healthy" if abs(change) < LEVEL and far < -1 else "far_share"
    return say("lens_sentence", healthy, share=share, **told)


def truncation_sentences(left: Truncation, window: int, e: Experiment, way: str) -> tuple[str, ...]:
    """What is left of the true gradient at one window, and how far back it goes."""
    if left.code == "overflowed":
        return (say("lens_sentence", "truncation_overflowed"),)
    place = int(np.flatnonzero(left.windows == window)[0])
    share, cosine = float(left.total_share[place]), float(left.total_cosine[place])
    if np.isnan(share):
        return (say("lens_sentence", "truncation_zero"),)
    key = "truncation_none" if share == 0 else "truncation_more" if share > 1.0005 else "truncation"
    kept = say("lens_sentence", key, window=steps(window), share=percentage(share), cosine=_cosine(cosine))
    return (kept, _oldest_step(left, place, e, way))


def _oldest_step(left: Truncation, place: int, e: Experiment, way: str) -> str:
    """How many of the states still hear anything."""
    norms = left.log10_state_grad_norm["h"][place, -1, 1:]
    window, deaf = int(left.windows[place]), int(np.isneginf(norms).sum())
    heard = say("lens_sentence", "truncation_heard", heard=steps(e.seq_len - deaf), of=f"{e.seq_len:,}")
    return say("lens_sentence", f"truncation_{way}", window=window, heard=heard)


def _cosine(cosine: float) -> str:
    rest = 1 - cosine
    return f"{cosine:.{max(2, _digits_to(rest)) if rest > ALL else 0}f}".replace("-", "−")


def spectrum_sentence(spectrum: Spectrum, step: int | None = None) -> str:
    """Spectral radius and operator norm, and what the two together allow; `step` for a step's Jacobian."""
    name = say("lens_sentence", "of_weights", name=spectrum.name) if step is None else _of_step(step)
    if not np.isfinite(spectrum.radius):
        return say("lens_sentence", "spectrum_not_finite", name=name)
    told = {"name": name, "radius": short(spectrum.radius), "norm": short(spectrum.norm)}
    if spectrum.norm < 1:
        key = "shrinks"
    elif spectrum.radius < 1:
        key = "may_grow_first"
    else:
        key = "grows"
    return say("lens_sentence", "spectrum", **told) + " " + say("lens_sentence", f"spectrum_{key}")


def _of_step(step: int) -> str:
    return say("lens_sentence", "of_step", step=step)


def bound_sentence(bound: Bound, change: float) -> str:
    """What the classical bound says, and what happened.

    Args:
        change: of the gradient, in decades.
    """
    if bound.code == "other_cell":
        return say("lens_sentence", "bound_other_cell")
    told = {"norm": short(bound.norm), "limit": f"{bound.limit:g}", "change": decades(change)}
    return say("lens_sentence", f"bound_{bound.code}", **told)
