"""Where each number format loses the gradient."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.base.rounding import FORMATS
from explorer.engine.trace import Trace
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.precision import LARGEST_SCALE, RunInFormat, precision
from explorer.show.plots.lenses.precision import precision_figure
from explorer.show.words import say
from explorer.show.words.numbers import magnitude, steps, superscript
from explorer.ui.views.lenses.contract import Choices, Lens, Seen

NARROWEST = tuple(FORMATS)[-1]
USUAL_SCALE = 16  # what mixed-precision training starts from, and what is compared with no scale at all


def choose(trace: Trace) -> Choices:
    label, told = say("lens_choice", "loss_scale"), say("lens_choice_help", "loss_scale")
    exponent = st.slider(
        label, 0, LARGEST_SCALE, 0, key="loss_scale", format="2^%d", help=told, width=420, bind="query-params"
    )
    return (int(exponent),)


def see(trace: Trace, loss_scale: int, progress: Progress) -> Seen:
    seen = precision(trace, loss_scale, progress=lambda share: progress(0.8 * share))
    figures = (precision_figure(seen, trace.experiment),)
    if not seen.formats:
        return Seen(figures, (say("precision", "nothing", step=trace.overflow_step),))
    said = [sentence(name, run, seen.exact["h"], trace) for name, run in seen.formats.items() if run.off_step]
    follows = [name for name, run in seen.formats.items() if not run.off_step]
    narrowest = seen.formats[NARROWEST]
    if narrowest.off_step and narrowest.overflow_step is None:
        scale = 0 if loss_scale else USUAL_SCALE
        other = precision(trace, scale, (NARROWEST,), progress=lambda share: progress(0.8 + 0.2 * share))
        said[-1] = compared(said[-1], other.formats[NARROWEST], scale, trace)
    if follows:
        said.insert(0, say("precision", "follows", formats=", ".join(follows)))
    return Seen(figures, ("  \n".join(f"{text}." for text in said),))


def sentence(name: str, run: RunInFormat, exact: np.ndarray, trace: Trace) -> str:
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


def held_for(run: RunInFormat, T: int) -> int:
    """Steps back from the last one over which the norm stays within a factor of two of the exact one."""
    return T - 1 if run.off_step is None else max(0, T - run.off_step - 1)


def compared(said: str, other: RunInFormat, exponent: int, trace: Trace) -> str:
    """The same with what another loss scale would give."""
    scale = say("precision", "scaled", scale=f"2{superscript(exponent)}") if exponent else say("precision", "unscaled")
    if other.off_step is None:
        return say("precision", "other_follows", sentence=said, scale=scale)
    held = steps(held_for(other, trace.experiment.seq_len))
    return say("precision", "other_holds", sentence=said, scale=scale, steps=held)


LENS = Lens(see, choose)
