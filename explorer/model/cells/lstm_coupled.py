"""LSTM with coupled input and forget gate: what is forgotten makes room for what is written, i = 1 − f.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2017, "LSTM: A search space odyssey" (CIFG), section III.

    [f g o] = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh        f, o through σ, g through tanh
    c_t = f ⊙ c_{t−1} + (1 − f) ⊙ g                        a mean of the two, so |c| stays below 1
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t as a function of c_t):

    dc ← dc + dh ⊙ o ⊙ (1 − tanh²c_t)
    δ = [dc ⊙ (c_{t−1} − g) ⊙ f(1−f),  dc ⊙ (1−f) ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = W_hhᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f

Not to be confused with a GRU, whose update gate couples the same way but acts on h itself: it has no c and no o.
"""

from __future__ import annotations

from explorer.model.cells.contract import Cell, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms
from explorer.model.cells.lstm import LSTM


class LSTMCoupled(Cell):
    """The cell ``lstm_coupled``: an LSTM with i = 1 − f."""

    states = ("h", "c")
    gates = {"forget": "f", "candidate": "g", "output": "o"}
    ranges = {"h": (-1.0, 1.0), "c": (-1.0, 1.0)}
    bias_of = {"forget_bias": "forget"}
    keeps = {"forget": 1}
    equations = """
        u_f = W.forget @ h_before
        u_g = W.candidate @ h_before
        u_o = W.output @ h_before
        a_f = x_f + u_f
        a_g = x_g + u_g
        a_o = x_o + u_o
        f = sigmoid(a_f)
        g = tanh(a_g)
        o = sigmoid(a_o)
        c = f * c_before + (1 - f) * g
        h = o * tanh(c)

        dh = dh_next + loss_h
        dc = dc_next + dh * o * (1 - tanh(c)**2)
        delta_f = dc * (c_before - g) * f * (1 - f)
        delta_g = dc * (1 - f) * (1 - g**2)
        delta_o = dh * tanh(c) * o * (1 - o)
        w_delta = W.forget.T @ delta_f + W.candidate.T @ delta_g + W.output.T @ delta_o
        dh_before = w_delta
        dc_before = dc * f
    """

    drive = dense_drive
    total = LSTM.total
    backward = LSTM.backward
    backward_input = dense_backward_input
    terms = dense_terms

    def forward(self, xp, p, a, s):
        H = s["h"].shape[-1]
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        gates = sigmoid(xp, pre)  # one call for all blocks is faster than two for the blocks that need it
        gates[..., H : 2 * H] = xp.tanh(pre[..., H : 2 * H])
        f, g, o = split(gates, 3)
        c = g + f * (s["c"] - g)
        tanh_c = xp.tanh(c)
        return {"h": o * tanh_c, "c": c}, {"gates": gates, "tanh c": tanh_c}

    def slopes(self, xp, before, kept):
        tanh_c = kept["tanh c"]
        f, g, o = split(kept["gates"], 3)
        slope_f = (before["c"] - g) * f * (1.0 - f)
        slope_g = (1.0 - f) * (1.0 - g * g)
        slope_o = tanh_c * o * (1.0 - o)
        return {"a": xp.concat([slope_f, slope_g, slope_o], axis=-1), "h_c": o * (1.0 - tanh_c * tanh_c), "c_c": f}

    def delta(self, xp, p, slopes, d):
        dh, dc = d["h"], d["c"]
        delta = xp.concat([dc, dc, dh], axis=-1)
        delta *= slopes["a"]
        return delta
