"""Sentences with numbers about the records of the lenses."""

from __future__ import annotations

import math

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.questions.gradient_flow import Flow
from explorer.questions.lenses.reach import FarPart
from explorer.questions.lenses.spectra import Bound, Spectrum
from explorer.questions.lenses.truncation import Truncation
from explorer.questions.thresholds import threshold
from explorer.show.words import say
from explorer.show.words.numbers import beside, cosine, decades, equals, magnitude, short, steps
from explorer.show.words.verdicts import far_share


def percentage(share: float) -> str:
    """A share in per cent: three digits, however small, and as many nines as it has: "89.7 %", "99.9993 %"."""
    if not np.isfinite(share):
        return say("number", "not_finite")
    if equals(share, 1):
        return "100\u00a0%"
    rest = 100 * abs(1 - share)
    close = rest < 0.1
    return (f"{100 * share:.{_digits_to(rest)}f}" if close else short(100 * share)) + "\u00a0%"


def _digits_to(rest: float) -> int:
    """Decimal places that show how much is left (`rest`) to a round number."""
    return math.ceil(-math.log10(rest))


def far_sentence(part: FarPart, flow: Flow) -> str:
    """How much of the gradient at a step comes from far losses: all of it if the only loss is the last, else a part.

    Args:
        flow: the gradient's flow, to whose last step the gradient at the step is compared.
    """
    values: dict[str, object] = {"step": part.step, "apart": steps(part.apart), "total": magnitude(part.log10_total)}
    values |= {"last_loss": part.last_loss, "state": part.state}
    if part.code == "overflowed":
        return say("lens_sentence", "far_overflowed")
    if np.isneginf(part.log10_total):
        return say("lens_sentence", "far_after" if part.step > part.last_loss else "far_zero", **values)
    if part.code == "none":
        own = part.losses == 1 and part.step == part.last_loss
        return say("lens_sentence", "far_own" if own else "far_none", **values)
    change = part.log10_total - flow.last
    values |= {"change": decades(change), "from_step": flow.from_step}
    if part.losses == 1:
        return say("lens_sentence", "far_last", **values)
    far = part.log10_far - part.log10_total
    share = percentage(10**far) if far > -3 else far_share(far)
    if far > 0 and not equals(10**far, 1):
        return say("lens_sentence", "far_more", share=share, **values)
    key = "far_looks_healthy" if abs(change) < threshold("exploded_decades") and far < -1 else "far_share"
    return say("lens_sentence", key, share=share, **values)


def truncation_sentences(truncation: Truncation, window: int, e: Experiment, way: str) -> tuple[str, ...]:
    """What one window leaves of the true gradient, and how far back it reaches; `window` is one of the record's."""
    place = int(np.flatnonzero(truncation.windows == window)[0])
    if np.isnan(truncation.total_share[place]):
        return (share_sentence(truncation, window),)
    return (share_sentence(truncation, window), _reach_sentence(truncation, place, e, way))


def share_sentence(truncation: Truncation, window: int) -> str:
    """How much of the true gradient's norm one window leaves, and in which direction."""
    if truncation.code == "overflowed":
        return say("lens_sentence", "truncation_overflowed")
    place = int(np.flatnonzero(truncation.windows == window)[0])
    share, angle = float(truncation.total_share[place]), float(truncation.total_cosine[place])
    if np.isnan(share):
        return say("lens_sentence", "truncation_zero")
    key = "truncation_none" if share == 0 else "truncation_more" if share > 1 and not equals(share, 1) else "truncation"
    return say("lens_sentence", key, window=steps(window), share=percentage(share), cosine=cosine(angle))


def _reach_sentence(truncation: Truncation, place: int, e: Experiment, way: str) -> str:
    """How many states still get a gradient from a loss, as a sentence."""
    norms = truncation.log10_state_grad_norm["h"][place, -1, 1:]
    window, unreached = int(truncation.windows[place]), int(np.isneginf(norms).sum())
    reached = say("lens_sentence", "truncation_heard", heard=steps(e.seq_len - unreached), of=f"{e.seq_len:,}")
    return say("lens_sentence", f"truncation_{way}", window=window, heard=reached)


def spectrum_sentence(spectrum: Spectrum, step: int | None = None) -> str:
    """Spectral radius and operator norm, and what the two imply; `step` if the matrix is that step's Jacobian."""
    name = say("lens_sentence", "of_weights", name=spectrum.name) if step is None else _of_step(step)
    if not np.isfinite(spectrum.radius):
        return say("lens_sentence", "spectrum_not_finite", name=name)
    values = {"name": name, "radius": beside(spectrum.radius, 1), "norm": beside(spectrum.norm, 1)}
    return say("lens_sentence", "spectrum", **values) + " " + say("lens_sentence", f"spectrum_{_fate(spectrum)}")


def _fate(spectrum: Spectrum) -> str:
    """The key of what becomes of a gradient that is multiplied by such a matrix, once and again and again."""
    radius, norm = (1.0 if equals(value, 1) else value for value in (spectrum.radius, spectrum.norm))
    if norm < 1:
        return "shrinks"
    if radius < 1:
        return "may_grow_first" if norm > 1 else "dies"
    return "grows" if radius > 1 else "stays"


def _of_step(step: int) -> str:
    return say("lens_sentence", "of_step", step=step)


def bound_sentence(bound: Bound, change: float, several: bool = False) -> str:
    """What the bound of Pascanu, Mikolov & Bengio 2013 says, and what happened.

    Args:
        change: the change of the gradient, of that of the last loss where there are `several`, from its step to the
            first, in decades; NaN where there is none.
    """
    if bound.code == "other_cell":
        return say("lens_sentence", "bound_other_cell")
    texts = [
        say("lens_sentence", f"bound_{bound.code}", norm=beside(bound.norm, bound.limit), limit=f"{bound.limit:g}")
    ]
    if not np.isnan(change):
        key = "bound_here_zero" if np.isneginf(change) else "bound_here_last" if several else "bound_here"
        texts.append(say("lens_sentence", key, change=decades(change)))
    return " ".join(texts)
