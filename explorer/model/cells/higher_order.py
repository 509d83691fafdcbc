"""Recurrent network of order 2, which sees its last two states; Soltani & Jiang 2016, "Higher order recurrent neural
networks".

    a_t = W_ih x_t + b_ih + W₁ h_{t−1} + W₂ h_{t−2} + b_hh      W₁ = weight_hh, W₂ = weight_hh2
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

With p_t = h_{t−1} as a second state it is a network of order 1, and one step back is one step:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = W₁ᵀ δ_t + ∂L/∂p_t,   ∂L/∂p_{t−1} = W₂ᵀ δ_t

∂L/∂h_t sums both paths; ∂L/∂p_t is the part that skips a step. Linear, with W₁ = W₂ = w · 1, the gradient obeys
d_t = w (d_{t+1} + d_{t+2}), so it is critical at w = ½ and not at 1.

Not to be confused with networks whose units multiply states ("second-order"), nor with stacked layers.
"""

from __future__ import annotations

from explorer.model.cells.activations import ACTIVATIONS, unit_delta, unit_slopes
from explorer.model.cells.contract import DENSE, Cell, Outer, Weight
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms, unchanged_total
from explorer.model.draws import recurrent


class HigherOrder(Cell):
    """The cell ``higher_order``: an RNN that reads its last two states."""

    states = ("h", "p")
    parameters = {**DENSE, "weight_hh2": Weight(("H", "H"), recurrent, "W2")}
    choices = ("activation",)
    equations = """
        u_1 = W.hidden @ h_before
        u_2 = W2.hidden @ p_before
        a = x + u_1 + u_2
        h = {h}
        p = h_before

        dh = dh_next + loss_h
        dp = dp_next
        delta = {delta}
        w1_delta = W.hidden.T @ delta
        w2_delta = W2.hidden.T @ delta
        dh_before = w1_delta + dp
        dp_before = w2_delta
    """

    def __init__(self, activation="tanh"):
        self.activation = ACTIVATIONS[activation]
        self.equations = self.activation.within(self.equations)
        self.ranges = {"p": self.bounds["h"]}

    drive = dense_drive
    slopes = unit_slopes
    total = unchanged_total
    delta = unit_delta
    backward_input = dense_backward_input

    def forward(self, xp, p, a, s):
        pre = s["h"] @ p["weight_hh.T"]
        pre += s["p"] @ p["weight_hh2.T"]
        pre += a
        h = self.activation.value(xp, pre)
        return {"h": h, "p": s["h"]}, {"φ′": self.activation.slope(xp, h)}

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"] + d["p"], "p": delta @ p["weight_hh2"]}

    def terms(self, xp, slopes, delta, x, before):
        return {**dense_terms(self, xp, slopes, delta, x, before), "weight_hh2": [Outer(delta, before["p"])]}
