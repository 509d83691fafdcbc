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

from explorer.model.cells.contract import Cell, Outer, Total, affine, sigmoid, split
from explorer.model.cells.dense import unchanged_total


class GRU(Cell):
    """The cell ``gru``, as `torch.nn.GRU`: the reset gate acts after the matrix product."""

    states = ("h",)
    gates = {"reset": "r", "update": "z", "candidate": "n"}
    ranges = {"h": (-1.0, 1.0)}
    delta_blocks = ("candidate", "reset", "update", "candidate")
    bias_of = {"update_bias": "update"}
    keeps = {"update": 1}
    equations = """
        u_r = W.reset @ h_before
        u_z = W.update @ h_before
        m = W.candidate @ h_before + b.candidate
        a_r = x_r + u_r
        a_z = x_z + u_z
        r = sigmoid(a_r)
        z = sigmoid(a_z)
        a_n = x_n + r * m
        n = tanh(a_n)
        h = (1 - z) * n + z * h_before

        dh = dh_next + loss_h
        delta_n = dh * (1 - z) * (1 - n**2)
        delta_r = delta_n * m * r * (1 - r)
        delta_z = dh * (h_before - n) * z * (1 - z)
        delta_m = delta_n * r
        w_delta = W.reset.T @ delta_r + W.update.T @ delta_z + W.candidate.T @ delta_m
        dh_before = dh * z + w_delta
    """

    total = unchanged_total

    def drive(self, xp, p, x):
        H = p["weight_hh"].shape[-1]
        b_hh = p["bias_hh"]  # its candidate part is multiplied by r, which depends on the state
        outside_r = xp.concat([b_hh[..., : 2 * H], xp.zeros_like(b_hh[..., 2 * H :])], axis=-1)
        return affine(p, x, p["bias_ih"] + outside_r)

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        u = h @ p["weight_hh.T"]
        r_z = sigmoid(xp, a[..., : 2 * H] + u[..., : 2 * H])
        r, z = split(r_z, 2)
        m = u[..., 2 * H :] + p["bias_hh"][..., None, 2 * H :]
        n = xp.tanh(a[..., 2 * H :] + r * m)
        return {"h": n + z * (h - n)}, {"gates": xp.concat([r_z, n], axis=-1), "m": m}

    def slopes(self, xp, before, kept):
        r, z, n = split(kept["gates"], 3)
        slope_n = (1.0 - z) * (1.0 - n * n)
        slope_m = slope_n * r
        slope_r = slope_m * kept["m"] * (1.0 - r)
        slope_z = (before["h"] - n) * z * (1.0 - z)
        return {"n r z m": xp.concat([slope_n, slope_r, slope_z, slope_m], axis=-1), "h_h": z}

    def delta(self, xp, p, slopes, d):
        """[δ_n δ_r δ_z δ_m]: the input weights need n, r, z, the recurrent weights r, z, m; both are contiguous."""
        delta = xp.concat([d["h"]] * 4, axis=-1)
        delta *= slopes["n r z m"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        H = d["h"].shape[-1]
        return {"h": d["h"] * slopes["h_h"] + delta[..., H:] @ p["weight_hh"]}

    def backward_input(self, xp, p, delta):
        H = delta.shape[-1] // 4
        W = p["weight_ih"]
        return delta[..., H : 3 * H] @ W[..., : 2 * H, :] + delta[..., :H] @ W[..., 2 * H :, :]

    def terms(self, xp, slopes, delta, x, before):
        H = delta.shape[-1] // 4
        n, r_z, r_z_m = delta[..., :H], delta[..., H : 3 * H], delta[..., H:]
        return {
            "weight_ih": [Outer(r_z, x), Outer(n, x)],
            "weight_hh": [Outer(r_z_m, before["h"])],
            "bias_ih": [Total(r_z), Total(n)],
            "bias_hh": [Total(r_z_m)],
        }
