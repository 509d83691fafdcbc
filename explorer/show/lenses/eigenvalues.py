"""The lens `eigenvalues`: those of the recurrent weights and of a step's Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.engine.parameters import parameter
from explorer.engine.trace import Trace
from explorer.questions.gradient_flow import last_loss_decay
from explorer.questions.lenses.eigenvalues import eigenvalues, matrix_names
from explorer.questions.lenses.spectra import Spectrum
from explorer.show.lenses.contract import LONGEST, Choices, Lens, Part, Results, Span, at_once
from explorer.show.plots.lenses.eigenvalues import eigenvalues_figure
from explorer.show.plots.record import Figure
from explorer.show.words.lenses import bound_sentence, spectrum_sentence


class EigenvaluesChoices(Choices):
    """The choices of the lens `eigenvalues`.

    Attributes:
        jacobian_step: the step whose Jacobian is shown.
        matrix: name of the block of recurrent weights; by default the block that makes the new content.
    """

    jacobian_step: int | None = parameter(None, 1, LONGEST, stops=(50,), ends_at="seq_len")
    matrix: str | None = parameter(None, max_length=60)

    @classmethod
    def spans(cls, trace: Trace) -> dict[str, Span]:
        T = trace.experiment.seq_len
        names = matrix_names([trace.experiment.cell])
        main = "weight_hh candidate" if "weight_hh candidate" in names else next(iter(names), "")
        return {"jacobian_step": Span((T + 1) // 2, 1, T), "matrix": Span(main, options=names)}

    @classmethod
    def known(cls) -> dict[str, Callable[[], Sequence[str]]]:
        return {"matrix": matrix_names}


def _chosen_spectrum(results: Results, choices: EigenvaluesChoices) -> Spectrum | None:
    return next((spectrum for spectrum in results["record"].recurrent if spectrum.name == choices.matrix), None)


def _figures(results: Results, trace: Trace, choices: EigenvaluesChoices) -> tuple[Figure, ...]:
    record = results["record"]
    return (eigenvalues_figure(_chosen_spectrum(results, choices), record.jacobian, trace.experiment, record.step),)


def _sentences(results: Results, trace: Trace, choices: EigenvaluesChoices) -> tuple[str, ...]:
    record, spectrum = results["record"], _chosen_spectrum(results, choices)
    weights = [spectrum_sentence(spectrum)] if spectrum else []
    step = spectrum_sentence(record.jacobian, record.step)
    return (*weights, step, bound_sentence(record.bound, last_loss_decay(trace), len(trace.loss_steps) > 1))


LENS = Lens(
    {
        "record": Part(
            "eigenvalues",
            at_once(lambda trace, results, step: eigenvalues(trace, step)),
            lambda choices: (choices.jacobian_step,),
        )
    },
    _figures,
    _sentences,
    EigenvaluesChoices,
)
