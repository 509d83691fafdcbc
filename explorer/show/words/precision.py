"""What each number format makes of a run, as sentences with their numbers."""

from __future__ import annotations

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.lenses.precision import Precision, RunInFormat
from explorer.show.words import say
from explorer.show.words.numbers import magnitude, steps, superscript


def precision_sentences(seen: Precision, other: RunInFormat | None, other_scale: int, trace: Trace) -> tuple[str, ...]:
    """The formats that follow the exact run, and how far each of the others does; one paragraph, a line each.

    Args:
        other: what the last format comes to with 2^`other_scale` as its loss scale; None where there is no need to say.
    """
    if not seen.formats:
        return (say("precision", "nothing", step=trace.overflow_step),)
    told = [_sentence(name, run, seen.exact["h"], trace) for name, run in seen.formats.items() if run.off_step]
    follows = [name for name, run in seen.formats.items() if not run.off_step]
    if other is not None:
        told[-1] = _compared(told[-1], other, other_scale, trace)
    if follows:
        told.insert(0, say("precision", "follows", formats=", ".join(follows)))
    return ("  \n".join(f"{text}." for text in told),)


def held_for(run: RunInFormat, T: int) -> int:
    """Steps back from the last one over which the norm stays within a factor of two of the exact one."""
    return T - 1 if run.off_step is None else max(0, T - run.off_step - 1)


def _sentence(name: str, run: RunInFormat, exact: np.ndarray, trace: Trace) -> str:
    """What a format makes of a run that it does not follow to the first step; without the full stop."""
    T = trace.experiment.seq_len
    if run.overflow_step is not None:
        return say("precision", "overflow", format=name, step=run.overflow_step)
    if run.lost_step == T:
        return say("precision", "lost_at_once", format=name)
    held = steps(held_for(run, T))
    if run.lost_step is not None:
        return say("precision", "lost", format=name, steps=held)
    if run.silent_step is not None:
        key = "silent" if run.silent_step == run.off_step else "fades"
        return say("precision", key, format=name, steps=held, step=run.silent_step)
    found, truth = magnitude(float(run.log10_norm["h"][0])), magnitude(float(exact[0]))
    return say("precision", "off", format=name, steps=held, said=found, truth=truth)


def _compared(sentence: str, other: RunInFormat, exponent: int, trace: Trace) -> str:
    """The same with what another loss scale would give."""
    scale = say("precision", "scaled", scale=f"2{superscript(exponent)}") if exponent else say("precision", "unscaled")
    if other.off_step is None:
        return say("precision", "other_follows", sentence=sentence, scale=scale)
    held = steps(held_for(other, trace.experiment.seq_len))
    return say("precision", "other_holds", sentence=sentence, scale=scale, steps=held)
