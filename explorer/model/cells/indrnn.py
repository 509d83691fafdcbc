"""Independently recurrent network: a unit sees its own past and no other's; Li, Li, Cook, Zhu & Gao 2018, eq. 2.

    a_t = W_ih x_t + b_ih + w ⊙ h_{t−1} + b_hh             w = weight_hh, one number a unit
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

Backward, with φ′ written through h_t; no unit's gradient meets another's, so each vanishes or explodes on its own:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = w ⊙ δ_t (+ what the loss at t−1 adds)

Not to be confused with `rnn`, whose weight_hh is a matrix: here it is diagonal. Units mix between layers.
"""

from __future__ import annotations

from explorer.model.cells.activations import ACTIVATIONS, unit_delta, unit_slopes
from explorer.model.cells.contract import DENSE, Cell, Product, Weight
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms, unchanged_total
from explorer.model.draws import recurrent


class IndRNN(Cell):
    """The cell ``indrnn``: an RNN whose units read only their own past."""

    states = ("h",)
    parameters = {**DENSE, "weight_hh": Weight(("H",), recurrent, "w")}
    choices = ("activation",)
    equations = """
        a = x + w * h_before
        h = {h}

        dh = dh_next + loss_h
        delta = {delta}
        dh_before = w * delta
    """

    def __init__(self, activation="tanh"):
        self.activation = ACTIVATIONS[activation]
        self.equations = self.activation.within(self.equations)

    drive = dense_drive
    slopes = unit_slopes
    total = unchanged_total
    delta = unit_delta
    backward_input = dense_backward_input

    def forward(self, xp, p, a, s):
        h = self.activation.value(xp, a + p["weight_hh"][..., None, :] * s["h"])
        return {"h": h}, {"φ′": self.activation.slope(xp, h)}

    def backward(self, xp, p, slopes, d, delta):
        return {"h": p["weight_hh"][..., None, :] * delta}

    def terms(self, xp, slopes, delta, x, before):
        return {**dense_terms(self, xp, slopes, delta, x, before), "weight_hh": [Product(delta, before["h"])]}
