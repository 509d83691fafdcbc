"""Minimal gated unit, a GRU with one gate for both jobs; Zhou, Wu, Zhang & Zhou 2016, "Minimal gated unit for
recurrent neural networks".

    f = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)
    n = tanh(W_in x_t + b_in + W_hn (f ⊙ h_{t−1}) + b_hn)
    h_t = (1 − f) ⊙ h_{t−1} + f ⊙ n                        here an open f *renews*, as in the paper

Backward, with dh = ∂L/∂h_t:

    δ_n = dh ⊙ f ⊙ (1−n²),   q = W_hnᵀ δ_n  (the cotangent of f ⊙ h_{t−1})
    δ_f = (dh ⊙ (n − h_{t−1}) + q ⊙ h_{t−1}) ⊙ f(1−f)
    ∂L/∂h_{t−1} = dh ⊙ (1 − f) + q ⊙ f + W_hfᵀ δ_f

Not to be confused with the forget gate of an LSTM, which keeps where it is open; nor with z of `gru`, which keeps as
well: a GRU's 1 − z is this f, and its r is this f too.
"""

from __future__ import annotations

from explorer.model.cells.contract import Cell, Outer, SameAs, Total, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, unchanged_total


class MGU(Cell):
    """The cell ``mgu``: a GRU with one gate for both purposes."""

    states = ("h",)
    gates = {"forget": "f", "candidate": "n"}
    ranges = {"h": (-1.0, 1.0)}
    delta_blocks = ("forget", "candidate", "candidate")
    bias_of = {"forget_bias": "forget"}
    keeps = {"forget": -1}
    equations = """
        u_f = W.forget @ h_before
        a_f = x_f + u_f
        f = sigmoid(a_f)
        fh = f * h_before
        u_n = W.candidate @ fh
        a_n = x_n + u_n
        n = tanh(a_n)
        h = (1 - f) * h_before + f * n

        dh = dh_next + loss_h
        delta_n = dh * f * (1 - n**2)
        q = W.candidate.T @ delta_n
        delta_f = (dh * (n - h_before) + q * h_before) * f * (1 - f)
        w_delta = W.forget.T @ delta_f
        dh_before = dh * (1 - f) + q * f + w_delta
    """

    drive = dense_drive
    total = unchanged_total
    backward_input = dense_backward_input

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        W = p["weight_hh.T"]
        f = sigmoid(xp, a[..., :H] + h @ W[..., :H])
        n = xp.tanh(a[..., H:] + (f * h) @ W[..., H:])
        return {"h": h + f * (n - h)}, {"gates": xp.concat([f, n], axis=-1)}

    def slopes(self, xp, before, kept):
        f, n = split(kept["gates"], 2)
        h, slope = before["h"], f * (1.0 - f)
        return {"f": (n - h) * slope, "q_f": h * slope, "n": f * (1.0 - n * n), "h_h": 1.0 - f, "q_h": f}

    def delta(self, xp, p, slopes, d):
        """[δ_f δ_n q]: q is included because `backward` needs it again."""
        dh = d["h"]
        H = dh.shape[-1]
        delta_n = dh * slopes["n"]
        q = delta_n @ p["weight_hh"][..., H:, :]
        return xp.concat([dh * slopes["f"] + q * slopes["q_f"], delta_n, q], axis=-1)

    def backward(self, xp, p, slopes, d, delta):
        delta_f, _, q = split(delta, 3)
        H = q.shape[-1]
        return {"h": d["h"] * slopes["h_h"] + q * slopes["q_h"] + delta_f @ p["weight_hh"][..., :H, :]}

    def terms(self, xp, slopes, delta, x, before):
        delta_f, delta_n, _ = split(delta, 3)
        h, f, both = before["h"], slopes["q_h"], delta[..., : 2 * delta_f.shape[-1]]
        return {
            "weight_ih": [Outer(both, x)],
            "weight_hh": [Outer(delta_f, h), Outer(delta_n, f * h)],
            "bias_ih": [Total(both)],
            "bias_hh": SameAs("bias_ih"),
        }
