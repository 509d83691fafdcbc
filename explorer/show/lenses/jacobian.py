"""The lens `jacobian`: singular values of ∂s_T/∂s_t and of single steps."""

from __future__ import annotations

from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.show.lenses.contract import Lens, Part, steps_of
from explorer.show.plots.lenses.fan import fan_figure
from explorer.show.words.rates import fan_sentence

LENS = Lens(
    {"record": Part("fan", steps_of(jacobian_fan))},
    lambda results, trace, choices: (fan_figure(results["record"], trace.experiment),),
    lambda results, trace, choices: (fan_sentence(results["record"]),),
)
