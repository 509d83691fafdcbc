"""M2, the double sigmoid: σ is applied to gates that are already sigmoids.

    f = σ(a_f),   c_t = σ(f) ⊙ c_{t−1} + σ(1 − f) ⊙ g,   h_t = o ⊙ tanh(c_t)

f lies in (0, 1), so the factor σ(f) lies in (σ(0), σ(1)) = (0.5, 0.731): no bias can keep the cell state, and none can
forget more than half of it. Where the recurrent matrix carries nothing (gain 0), T − 1 steps cost at least
(T − 1) · |log10 σ(1)| decades. With F = σ(f) and G = σ(1 − f), the exact derivative of that network is:

    δ_f = dc ⊙ (c_{t−1} F(1−F) − g G(1−G)) ⊙ f(1−f),   δ_g = dc ⊙ G ⊙ (1−g²),   ∂L/∂c_{t−1} = dc ⊙ F

The input gate has no influence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.base.backend import Array
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.model.cells.contract import Arrays, sigmoid, split
from explorer.model.cells.lstm import LSTM
from explorer.questions.textbook.contract import Comparison, Formula, off_by
from explorer.questions.textbook.walk import walk

BEST_DECADES_A_STEP = float(np.log10(1 / (1 + np.exp(-1.0))))  # log10 σ(1): the loss of a fully open gate


class DoubleSigmoid(LSTM):
    """The network of the formula, with its exact derivative."""

    def forward(self, xp: Any, p: Arrays, a: Array, s: Arrays) -> tuple[Arrays, Arrays]:
        a_i, a_f, a_g, a_o = split(a + s["h"] @ p["weight_hh.T"], 4)
        i, f, g, o = sigmoid(xp, a_i), sigmoid(xp, a_f), xp.tanh(a_g), sigmoid(xp, a_o)
        c = sigmoid(xp, f) * s["c"] + sigmoid(xp, 1.0 - f) * g
        tanh_c = xp.tanh(c)
        return {"h": o * tanh_c, "c": c}, {"gates": xp.concat([i, f, g, o], axis=-1), "tanh c": tanh_c}

    def slopes(self, xp: Any, before: Arrays, kept: Arrays) -> Arrays:
        _, f, g, o = split(kept["gates"], 4)
        F, G, tanh_c = sigmoid(xp, f), sigmoid(xp, 1.0 - f), kept["tanh c"]
        slope_f = (before["c"] * F * (1.0 - F) - g * G * (1.0 - G)) * f * (1.0 - f)
        a = [xp.zeros_like(f), slope_f, G * (1.0 - g * g), tanh_c * o * (1.0 - o)]
        return {"a": xp.concat(a, axis=-1), "h_c": o * (1.0 - tanh_c * tanh_c), "c_c": F}


def as_written(trace: Trace) -> Comparison:
    """∂L/∂c_t, and by how many decades its change differs from the LSTM's."""
    true, written = trace.log10_state_grad_norm["c"][-1, 1:], walk(DoubleSigmoid(), trace).log10_norms["c"]
    return Comparison("m02", trace.experiment, "state_c", true, written, "decades", off_by(true, written))


FORMULA = Formula(
    "m02",
    ("T5",),
    r"c_t = \sigma(f_t) \odot c_{t-1} + \sigma(1 - f_t) \odot \tilde c_t, \quad f_t = \sigma(a_f)",
    r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t, \quad f_t = \sigma(a_f)",
    {"cell": ("lstm",)},
    Experiment(cell="lstm", forget_bias=5.0, gain=0.0, input_gain=0.0, bias_init="zero"),
    "forget_bias",
    as_written,
)
