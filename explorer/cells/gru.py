"""Gated recurrent unit with the reset *after* the matrix product, as `torch.nn.GRU` and cuDNN.

    r = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)
    z = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)
    m = W_hn h_{t−1} + b_hn
    n = tanh(W_in x_t + b_in + r ⊙ m)
    h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}                        here z *keeps*

Backward, with dh = ∂L/∂h_t, all four elementwise in dh:

    δ_n = dh ⊙ (1−z) ⊙ (1−n²),   δ_r = δ_n ⊙ m ⊙ r(1−r),   δ_z = dh ⊙ (h_{t−1} − n) ⊙ z(1−z),   δ_m = δ_n ⊙ r
    ∂L/∂h_{t−1} = dh ⊙ z + W_hhᵀ [δ_r δ_z δ_m]

Not to be confused with Cho et al. 2014 (`gru_reset_before`): the two agree where r = 1.
"""

from __future__ import annotations

from explorer.cells.contract import Outer, Total, sigmoid, transposed


class GRU:
    state_names = ("h",)
    gate_names = ("reset", "update", "candidate")
    blocks = gate_names
    bias_blocks = {"update_bias": "update"}
    choices = ()

    def drive(self, xp, p, x):
        H = p["weight_hh"].shape[-1]
        b_hh = p["bias_hh"]  # its candidate part is multiplied by r, so it waits for the state
        gates_only = xp.concat([b_hh[..., : 2 * H], xp.zeros_like(b_hh[..., 2 * H :])], axis=-1)
        return x @ transposed(p["weight_ih"]) + (p["bias_ih"] + gates_only)[..., None, :]

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        u = h @ transposed(p["weight_hh"])
        r_z = sigmoid(xp, a[..., : 2 * H] + u[..., : 2 * H])
        r, z = r_z[..., :H], r_z[..., H:]
        m = u[..., 2 * H :] + p["bias_hh"][..., None, 2 * H :]
        n = xp.tanh(a[..., 2 * H :] + r * m)
        return {"h": n + z * (h - n)}, {"reset": r, "update": z, "candidate": n}

    def slopes(self, xp, p, before, after, gates):
        r, z, n = (gates[name] for name in self.gate_names)
        H = n.shape[-1]
        m = before["h"] @ transposed(p["weight_hh"][..., 2 * H :, :]) + p["bias_hh"][..., None, 2 * H :]
        slope_n = (1.0 - z) * (1.0 - n * n)
        return {
            "r": slope_n * m * r * (1.0 - r),
            "z": (before["h"] - n) * z * (1.0 - z),
            "n": slope_n,
            "m": slope_n * r,
            "h_h": z,
        }

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        dh = d["h"]
        return xp.concat([dh * slopes["r"], dh * slopes["z"], dh * slopes["n"]], axis=-1)

    def delta_hidden(self, xp, slopes, d):
        """∂L/∂(W_hh h_{t−1} + b_hh): the candidate's part has passed through r."""
        dh = d["h"]
        return xp.concat([dh * slopes["r"], dh * slopes["z"], dh * slopes["m"]], axis=-1)

    def backward(self, xp, p, slopes, d):
        return {"h": d["h"] * slopes["h_h"] + self.delta_hidden(xp, slopes, d) @ p["weight_hh"]}

    def terms(self, xp, p, slopes, d, delta, x, before):
        hidden = self.delta_hidden(xp, slopes, d)
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(hidden, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": [Total(hidden)],
        }
