"""The eigenvalues of what repeats."""

from __future__ import annotations

import streamlit as st

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import gradient_flow
from explorer.questions.lenses.eigenvalues import eigenvalues
from explorer.questions.lenses.linear_steps import Progress
from explorer.questions.lenses.spectra import main_spectrum, recurrent_spectra
from explorer.show.plots.lenses.eigenvalues import eigenvalues_figure
from explorer.show.words.lenses import bound_sentence, spectrum_sentence
from explorer.ui.views.lenses.contract import Choices, Lens, Seen, one_of, whole_number


def choose(trace: Trace) -> Choices:
    T, main = trace.experiment.seq_len, main_spectrum(trace)
    names = [spectrum.name for spectrum in recurrent_spectra(trace)]
    left, right, _ = st.columns((1, 1, 2))
    with left:
        step = whole_number("jacobian_step", 1, T, (T + 1) // 2)
    if len(names) < 2 or main is None:
        return step, names[0] if names else ""
    with right:
        return step, one_of("matrix", names, main.name, menu=True)


def see(trace: Trace, step: int, name: str, progress: Progress) -> Seen:
    found = eigenvalues(trace, step, progress=progress)
    chosen = next((spectrum for spectrum in found.recurrent if spectrum.name == name), None)
    sentences = [spectrum_sentence(chosen)] if chosen else []
    sentences.append(spectrum_sentence(found.jacobian, step))
    sentences.append(bound_sentence(found.bound, gradient_flow(trace).decay))
    return Seen((eigenvalues_figure(chosen, found.jacobian, trace.experiment, step),), tuple(sentences))


LENS = Lens(see, choose)
