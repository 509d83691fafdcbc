"""Long short-term memory with a forget gate, as `torch.nn.LSTM`; Hochreiter & Schmidhuber 1997, Gers et al. 2000.

    [i f g o] = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh      i, f, o through σ, g through tanh
    c_t = f ⊙ c_{t−1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t as a function of c_t):

    dc ← dc + dh ⊙ o ⊙ (1 − tanh²c_t)
    δ = [dc ⊙ g ⊙ i(1−i),  dc ⊙ c_{t−1} ⊙ f(1−f),  dc ⊙ i ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = W_hhᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f

Not to be confused with the first LSTM of 1997, which has no forget gate: its direct ∂c_t/∂c_{t−1} is exactly 1.
"""

from __future__ import annotations

from explorer.model.cells.contract import Cell, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms


class LSTM(Cell):
    """The cell ``lstm``, as `torch.nn.LSTM`."""

    states = ("h", "c")
    gates = {"input": "i", "forget": "f", "candidate": "g", "output": "o"}
    ranges = {"h": (-1.0, 1.0)}
    bias_of = {"forget_bias": "forget"}
    keeps = {"forget": 1, "input": -1}
    equations = """
        u_i = W.input @ h_before
        u_f = W.forget @ h_before
        u_g = W.candidate @ h_before
        u_o = W.output @ h_before
        a_i = x_i + u_i
        a_f = x_f + u_f
        a_g = x_g + u_g
        a_o = x_o + u_o
        i = sigmoid(a_i)
        f = sigmoid(a_f)
        g = tanh(a_g)
        o = sigmoid(a_o)
        c = f * c_before + i * g
        h = o * tanh(c)

        dh = dh_next + loss_h
        dc = dc_next + dh * o * (1 - tanh(c)**2)
        delta_i = dc * g * i * (1 - i)
        delta_f = dc * c_before * f * (1 - f)
        delta_g = dc * i * (1 - g**2)
        delta_o = dh * tanh(c) * o * (1 - o)
        w_delta = W.input.T @ delta_i + W.forget.T @ delta_f + W.candidate.T @ delta_g + W.output.T @ delta_o
        dh_before = w_delta
        dc_before = dc * f
    """

    drive = dense_drive
    backward_input = dense_backward_input
    terms = dense_terms

    def forward(self, xp, p, a, s):
        H = s["h"].shape[-1]
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        gates = sigmoid(xp, pre)  # one call for all blocks is faster than three for the blocks that need it
        gates[..., 2 * H : 3 * H] = xp.tanh(pre[..., 2 * H : 3 * H])
        i, f, g, o = split(gates, 4)
        c = f * s["c"]
        c += i * g
        tanh_c = xp.tanh(c)
        return {"h": o * tanh_c, "c": c}, {"gates": gates, "tanh c": tanh_c}

    def slopes(self, xp, before, kept):
        gates, tanh_c = kept["gates"], kept["tanh c"]
        i, f, g, o = split(gates, 4)
        H = g.shape[-1]
        a = 1.0 - gates
        a *= gates
        a[..., 2 * H : 3 * H] = 1.0 - g * g
        for part, other in zip(split(a, 4), (g, before["c"], i, tanh_c), strict=True):
            part *= other
        return {"a": a, "h_c": o * (1.0 - tanh_c * tanh_c), "c_c": f}

    def total(self, xp, slopes, d):
        return {"h": d["h"], "c": d["c"] + d["h"] * slopes["h_c"]}

    def delta(self, xp, p, slopes, d):
        dh, dc = d["h"], d["c"]
        delta = xp.concat([dc, dc, dc, dh], axis=-1)
        delta *= slopes["a"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"], "c": d["c"] * slopes["c_c"]}
