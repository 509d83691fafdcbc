"""Sentences with numbers about one run in several number formats."""

from __future__ import annotations

import numpy as np

from explorer.base.scaling import LOG10_2
from explorer.engine.trace import Trace
from explorer.questions.lenses.precision import Precision, RunInFormat
from explorer.show.words import say
from explorer.show.words.numbers import magnitude, steps, superscript


def precision_sentences(runs: Precision, other: RunInFormat | None, other_scale: int, trace: Trace) -> tuple[str, ...]:
    """The formats that follow the exact run, and how far each of the others does: one paragraph, a line for each.

    Args:
        other: the last format's run with the loss scale 2^`other_scale`; None if it adds nothing.
    """
    if not runs.formats:
        return (say("precision", "nothing", step=trace.overflow_step),)
    lines = [_sentence(name, run, runs.exact["h"], trace) for name, run in runs.formats.items() if run.off_step]
    faithful = [name for name, run in runs.formats.items() if not run.off_step]
    if other is not None:
        lines[-1] = _compared(lines[-1], other, other_scale, trace)
    if faithful:
        lines.insert(0, say("precision", "follows", formats=", ".join(faithful)))
    return ("  \n".join(f"{text}." for text in lines),)


def held_for(run: RunInFormat, last_loss: int) -> int:
    """For how many steps back from the last loss the norm stays within a factor of two of the exact norm."""
    return last_loss - 1 if run.off_step is None else max(0, last_loss - run.off_step - 1)


def _sentence(name: str, run: RunInFormat, exact: np.ndarray, trace: Trace) -> str:
    """How far a format follows the exact run, and how it fails; without the full stop."""
    last = trace.last_loss
    if run.overflow_step is not None:
        return say("precision", "overflow", format=name, step=run.overflow_step)
    if run.lost_step == last:
        return say("precision", "lost_at_once", format=name)
    span = steps(held_for(run, last))
    if run.lost_step is not None:
        key = "lost" if run.lost_step == run.off_step else "lost_later"
        return say("precision", key, format=name, steps=span, step=run.lost_step)
    if run.silent_step is not None:
        key = "silent" if run.silent_step == run.off_step else "fades"
        return say("precision", key, format=name, steps=span, step=run.silent_step)
    norm, exact_norm = magnitude(float(run.log10_norm["h"][0])), magnitude(float(exact[0]))
    ends_near = abs(float(run.log10_norm["h"][0]) - float(exact[0])) <= LOG10_2
    key = "off_and_on" if ends_near else "off" if held_for(run, last) else "off_at_once"
    return say("precision", key, format=name, steps=span, said=norm, truth=exact_norm)


def _compared(sentence: str, other: RunInFormat, exponent: int, trace: Trace) -> str:
    """`sentence` with an addition: what another loss scale gives."""
    scale = say("precision", "scaled", scale=f"2{superscript(exponent)}") if exponent else say("precision", "unscaled")
    if other.off_step is None:
        return say("precision", "other_follows", sentence=sentence, scale=scale)
    span = steps(held_for(other, trace.last_loss))
    return say("precision", "other_holds", sentence=sentence, scale=scale, steps=span)
