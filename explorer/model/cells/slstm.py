"""LSTM with exponential gating, a normaliser and a stabiliser; Beck et al. 2024, "xLSTM: Extended long short-term
memory", section 2.2 and appendix A.2 (one head, forget gate through σ).

    [ĩ f̃ z̃ õ] = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh     z = tanh(z̃),  o = σ(õ),  f = σ(f̃)
    m_t = max(log f + m_{t−1}, ĩ), and ĩ where n_{t−1} = 0  the stabiliser: no exponential below is larger than 1
    i′ = exp(ĩ − m_t),   f′ = exp(log f + m_{t−1} − m_t), and 0 where n_{t−1} = 0
    c_t = f′ ⊙ c_{t−1} + i′ ⊙ z,   n_t = f′ ⊙ n_{t−1} + i′
    h_t = o ⊙ c_t / n_t                                    a mean of all z so far, so |h| stays below 1

Backward, with dh = ∂L/∂h_t and dc, dn (which count h_t as a function of c_t and n_t):

    dc ← dc + dh ⊙ o / n_t,   dn ← dn − dh ⊙ h_t / n_t
    δ = [(dc ⊙ z + dn) ⊙ i′,  (dc ⊙ c_{t−1} + dn ⊙ n_{t−1}) ⊙ f′(1−f),  dc ⊙ i′ ⊙ (1−z²),  dh ⊙ c_t/n_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = W_hhᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f′,   ∂L/∂n_{t−1} = dn ⊙ f′

c and n are stored as e^−m times their values in the plain equations. The factor cancels in h, so m has no derivative,
and ∂L/∂c is the derivative by the stored c.

Not to be confused with `lstm`, whose c has no normaliser and whose input gate ends at 1; nor with the mLSTM of the same
paper, which has a matrix for a state and no recurrent weights.
"""

from __future__ import annotations

from explorer.model.cells.contract import Cell, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, dense_terms


class SLSTM(Cell):
    """The cell ``slstm``: an LSTM with exponential gating, a normaliser and a stabiliser."""

    states = ("h", "c", "n", "m")
    scales = ("m",)
    gates = {"input": "i", "forget": "f", "candidate": "z", "output": "o"}
    ranges = {"h": (-1.0, 1.0), "input": (0.0, 1.0)}  # i′, by the stabiliser
    bias_of = {"forget_bias": "forget"}
    keeps = {"forget": 1, "input": -1}
    equations = """
        u_i = W.input @ h_before
        u_f = W.forget @ h_before
        u_z = W.candidate @ h_before
        u_o = W.output @ h_before
        a_i = x_i + u_i
        a_f = x_f + u_f
        a_z = x_z + u_z
        a_o = x_o + u_o
        f = sigmoid(a_f)
        r = log(f) + m_before + log(n_before > 0)
        m = max(r, a_i)
        i = exp(a_i - m)
        f_s = exp(r - m)
        z = tanh(a_z)
        o = sigmoid(a_o)
        c = f_s * c_before + i * z
        n = f_s * n_before + i
        h = o * ratio(c, n)

        dh = dh_next + loss_h
        dc = dc_next + ratio(dh * o, n)
        dn = dn_next - ratio(dh * h, n)
        delta_i = (dc * z + dn) * i
        delta_f = (dc * c_before + dn * n_before) * f_s * (1 - f)
        delta_z = dc * i * (1 - z**2)
        delta_o = dh * ratio(c, n) * o * (1 - o)
        w_delta = W.input.T @ delta_i + W.forget.T @ delta_f + W.candidate.T @ delta_z + W.output.T @ delta_o
        dh_before = w_delta
        dc_before = dc * f_s
        dn_before = dn * f_s
    """

    drive = dense_drive
    backward_input = dense_backward_input
    terms = dense_terms

    def forward(self, xp, p, a, s):
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        a_i, a_f, a_z, a_o = split(pre, 4)
        f, z, o = sigmoid(xp, a_f), xp.tanh(a_z), sigmoid(xp, a_o)
        r = xp.where(s["n"] > 0, xp.log(f) + s["m"], xp.full_like(f, -xp.inf))
        m = xp.maximum(r, a_i)
        i, f_s = xp.exp(a_i - m), xp.exp(r - m)
        c, n = f_s * s["c"] + i * z, f_s * s["n"] + i
        mean = c / n
        kept = {"gates": xp.concat([i, f, z, o], axis=-1), "f_s": f_s, "n": n, "mean": mean}
        return {"h": o * mean, "c": c, "n": n, "m": m}, kept

    def slopes(self, xp, before, kept):
        f_s, n, mean = kept["f_s"], kept["n"], kept["mean"]
        i, f, z, o = split(kept["gates"], 4)
        through_f = f_s * (1.0 - f)
        return {
            "h_c": o / n,
            "h_n": -(o * mean) / n,
            "of_c": xp.concat([z * i, before["c"] * through_f, i * (1.0 - z * z)], axis=-1),
            "of_n": xp.concat([i, before["n"] * through_f], axis=-1),
            "of_h": mean * o * (1.0 - o),
            "kept": f_s,
        }

    def total(self, xp, slopes, d):
        return {"h": d["h"], "c": d["c"] + d["h"] * slopes["h_c"], "n": d["n"] + d["h"] * slopes["h_n"]}

    def delta(self, xp, p, slopes, d):
        dh, dc, dn = d["h"], d["c"], d["n"]
        H = dh.shape[-1]
        delta = xp.concat([dc, dc, dc, dh], axis=-1)
        delta *= xp.concat([slopes["of_c"], slopes["of_h"]], axis=-1)
        delta[..., : 2 * H] += xp.concat([dn, dn], axis=-1) * slopes["of_n"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"], "c": d["c"] * slopes["kept"], "n": d["n"] * slopes["kept"]}
