"""The simple (Elman) recurrent network, as `torch.nn.RNN`; Elman 1990, Pascanu, Mikolov & Bengio 2013.

    a_t = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

Backward, with φ′ written through h_t:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = W_hhᵀ δ_t (+ what the loss at t−1 adds)
"""

from __future__ import annotations

from explorer.model.cells.activations import ACTIVATIONS, unit_delta, unit_slopes
from explorer.model.cells.contract import Cell
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms, unchanged_total


class RNN(Cell):
    """The cell ``rnn``, as `torch.nn.RNN`, with four activations."""

    states = ("h",)
    choices = ("activation",)
    equations = """
        u = W.hidden @ h_before
        a = x + u
        h = {h}

        dh = dh_next + loss_h
        delta = {delta}
        w_delta = W.hidden.T @ delta
        dh_before = w_delta
    """

    def __init__(self, activation="tanh"):
        self.activation = ACTIVATIONS[activation]
        self.equations = self.activation.within(self.equations)

    drive = dense_drive
    slopes = unit_slopes
    total = unchanged_total
    delta = unit_delta
    backward_input = dense_backward_input
    terms = dense_terms

    def forward(self, xp, p, a, s):
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        h = self.activation.value(xp, pre)
        return {"h": h}, {"φ′": self.activation.slope(xp, h)}

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"]}
