"""LSTM with peepholes: the gates see the cell state; Gers & Schmidhuber 2000, "Recurrent nets that time and count".

    i = σ(W_i x_t + U_i h_{t−1} + b_i + p_i ⊙ c_{t−1})     p_i = weight_ci, one number a unit
    f = σ(W_f x_t + U_f h_{t−1} + b_f + p_f ⊙ c_{t−1})     p_f = weight_cf
    c_t = f ⊙ c_{t−1} + i ⊙ g,   g = tanh(W_g x_t + U_g h_{t−1} + b_g)
    o = σ(W_o x_t + U_o h_{t−1} + b_o + p_o ⊙ c_t)         p_o = weight_co: this gate sees the new c
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t, and so o, as a function of c_t):

    dc ← dc + dh ⊙ (o ⊙ (1 − tanh²c_t) + tanh c_t ⊙ o(1−o) ⊙ p_o)
    δ = [dc ⊙ g ⊙ i(1−i),  dc ⊙ c_{t−1} ⊙ f(1−f),  dc ⊙ i ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = Uᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f + δ_i ⊙ p_i + δ_f ⊙ p_f

Not to be confused with `torch.nn.LSTM` (`lstm`), which has no peepholes and is this cell with p = 0; nor with the
learning rule of 2000, which drops the derivatives through the gates, while these are exact.
"""

from __future__ import annotations

from explorer.model.cells.contract import DENSE, Cell, Product, Weight, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms
from explorer.model.cells.lstm import LSTM
from explorer.model.draws import beside_recurrent


class LSTMPeephole(Cell):
    """The cell ``lstm_peephole``: an LSTM whose gates read c."""

    states = ("h", "c")
    gates = {"input": "i", "forget": "f", "candidate": "g", "output": "o"}
    ranges = {"h": (-1.0, 1.0)}
    parameters = {
        **DENSE,
        "weight_ci": Weight(("H",), beside_recurrent, "p_i"),
        "weight_cf": Weight(("H",), beside_recurrent, "p_f"),
        "weight_co": Weight(("H",), beside_recurrent, "p_o"),
    }
    bias_of = {"forget_bias": "forget"}
    keeps = {"forget": 1, "input": -1}
    equations = """
        u_i = W.input @ h_before
        u_f = W.forget @ h_before
        u_g = W.candidate @ h_before
        u_o = W.output @ h_before
        a_i = x_i + u_i + p_i * c_before
        a_f = x_f + u_f + p_f * c_before
        a_g = x_g + u_g
        i = sigmoid(a_i)
        f = sigmoid(a_f)
        g = tanh(a_g)
        c = f * c_before + i * g
        a_o = x_o + u_o + p_o * c
        o = sigmoid(a_o)
        h = o * tanh(c)

        dh = dh_next + loss_h
        delta_o = dh * tanh(c) * o * (1 - o)
        dc = dc_next + dh * o * (1 - tanh(c)**2) + delta_o * p_o
        delta_i = dc * g * i * (1 - i)
        delta_f = dc * c_before * f * (1 - f)
        delta_g = dc * i * (1 - g**2)
        w_delta = W.input.T @ delta_i + W.forget.T @ delta_f + W.candidate.T @ delta_g + W.output.T @ delta_o
        dh_before = w_delta
        dc_before = dc * f + delta_i * p_i + delta_f * p_f
    """

    drive = dense_drive
    total = LSTM.total
    delta = LSTM.delta
    backward_input = dense_backward_input

    def forward(self, xp, p, a, s):
        H, c = s["c"].shape[-1], s["c"]
        p_i, p_f, p_o = (p[name][..., None, :] for name in ("weight_ci", "weight_cf", "weight_co"))
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        pre[..., :H] += p_i * c
        pre[..., H : 2 * H] += p_f * c
        i, f = split(sigmoid(xp, pre[..., : 2 * H]), 2)
        g = xp.tanh(pre[..., 2 * H : 3 * H])
        c = f * c
        c += i * g
        tanh_c = xp.tanh(c)
        o = sigmoid(xp, pre[..., 3 * H :] + p_o * c)
        h_c = o * (1.0 - tanh_c * tanh_c)
        h_c += tanh_c * o * (1.0 - o) * p_o
        return {"h": o * tanh_c, "c": c}, {"gates": xp.concat([i, f, g, o], axis=-1), "tanh c": tanh_c, "h_c": h_c}

    def slopes(self, xp, before, kept):
        gates = kept["gates"]
        i, f, g, _ = split(gates, 4)
        H = g.shape[-1]
        a = 1.0 - gates
        a *= gates
        a[..., 2 * H : 3 * H] = 1.0 - g * g
        a *= xp.concat([g, before["c"], i, kept["tanh c"]], axis=-1)
        return {"a": a, "h_c": kept["h_c"], "c_c": f, "c": f * before["c"] + i * g}

    def backward(self, xp, p, slopes, d, delta):
        delta_i, delta_f, _, _ = split(delta, 4)
        dc = d["c"] * slopes["c_c"]
        dc += delta_i * p["weight_ci"][..., None, :]
        dc += delta_f * p["weight_cf"][..., None, :]
        return {"h": delta @ p["weight_hh"], "c": dc}

    def terms(self, xp, slopes, delta, x, before):
        delta_i, delta_f, _, delta_o = split(delta, 4)
        return {
            **dense_terms(self, xp, slopes, delta, x, before),
            "weight_ci": [Product(delta_i, before["c"])],
            "weight_cf": [Product(delta_f, before["c"])],
            "weight_co": [Product(delta_o, slopes["c"])],
        }
