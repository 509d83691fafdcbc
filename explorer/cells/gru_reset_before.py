"""Gated recurrent unit with the reset *before* the matrix product, Cho et al. 2014, equations 5 to 8.

    r = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)
    z = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)
    n = tanh(W_in x_t + b_in + W_hn (r ⊙ h_{t−1}) + b_hn)
    h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}                        torch's convention: z *keeps*, as in the paper's eq. 7

Backward, with dh = ∂L/∂h_t:

    δ_n = dh ⊙ (1−z) ⊙ (1−n²),   q = W_hnᵀ δ_n  (the cotangent of r ⊙ h_{t−1})
    δ_r = q ⊙ h_{t−1} ⊙ r(1−r),  δ_z = dh ⊙ (h_{t−1} − n) ⊙ z(1−z)
    ∂L/∂h_{t−1} = dh ⊙ z + q ⊙ r + W_hrᵀ δ_r + W_hzᵀ δ_z

Not to be confused with `torch.nn.GRU` (`gru`), nor with texts in which z *updates*.
"""

from __future__ import annotations

from explorer.cells.contract import Outer, Total, sigmoid, transposed


class GRUResetBefore:
    state_names = ("h",)
    gate_names = ("reset", "update", "candidate")
    blocks = gate_names
    bias_blocks = {"update_bias": "update"}
    choices = ()

    def drive(self, xp, p, x):
        return x @ transposed(p["weight_ih"]) + (p["bias_ih"] + p["bias_hh"])[..., None, :]

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        W = p["weight_hh"]
        r_z = sigmoid(xp, a[..., : 2 * H] + h @ transposed(W[..., : 2 * H, :]))
        r, z = r_z[..., :H], r_z[..., H:]
        n = xp.tanh(a[..., 2 * H :] + (r * h) @ transposed(W[..., 2 * H :, :]))
        return {"h": n + z * (h - n)}, {"reset": r, "update": z, "candidate": n}

    def slopes(self, xp, p, before, after, gates):
        r, z, n = (gates[name] for name in self.gate_names)
        h = before["h"]
        return {
            "r": h * r * (1.0 - r),
            "z": (h - n) * z * (1.0 - z),
            "n": (1.0 - z) * (1.0 - n * n),
            "h_h": z,
            "q_h": r,
        }

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        return self._delta_and_q(xp, p, slopes, d)[0]

    def _delta_and_q(self, xp, p, slopes, d):
        dh = d["h"]
        H = dh.shape[-1]
        delta_n = dh * slopes["n"]
        q = delta_n @ p["weight_hh"][..., 2 * H :, :]
        return xp.concat([q * slopes["r"], dh * slopes["z"], delta_n], axis=-1), q

    def backward(self, xp, p, slopes, d):
        H = d["h"].shape[-1]
        delta, q = self._delta_and_q(xp, p, slopes, d)
        through_gates = delta[..., : 2 * H] @ p["weight_hh"][..., : 2 * H, :]
        return {"h": d["h"] * slopes["h_h"] + q * slopes["q_h"] + through_gates}

    def terms(self, xp, p, slopes, d, delta, x, before):
        H = d["h"].shape[-1]
        h, r = before["h"], slopes["q_h"]
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta[..., : 2 * H], h), Outer(delta[..., 2 * H :], r * h)],
            "bias_ih": [Total(delta)],
            "bias_hh": [Total(delta)],
        }
