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

from explorer.model.cells.contract import Cell, Outer, SameAs, Total, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, dense_drive, unchanged_total


class GRUResetBefore(Cell):
    """The cell ``gru_reset_before``, Cho et al. 2014: the reset gate acts before the matrix product."""

    states = ("h",)
    gates = {"reset": "r", "update": "z", "candidate": "n"}
    ranges = {"h": (-1.0, 1.0)}
    delta_blocks = ("reset", "update", "candidate", "candidate")
    bias_of = {"update_bias": "update"}
    keeps = {"update": 1}
    equations = """
        u_r = W.reset @ h_before
        u_z = W.update @ h_before
        a_r = x_r + u_r
        a_z = x_z + u_z
        r = sigmoid(a_r)
        z = sigmoid(a_z)
        rh = r * h_before
        u_n = W.candidate @ rh
        a_n = x_n + u_n
        n = tanh(a_n)
        h = (1 - z) * n + z * h_before

        dh = dh_next + loss_h
        delta_n = dh * (1 - z) * (1 - n**2)
        q = W.candidate.T @ delta_n
        delta_r = q * h_before * r * (1 - r)
        delta_z = dh * (h_before - n) * z * (1 - z)
        w_delta = W.reset.T @ delta_r + W.update.T @ delta_z
        dh_before = dh * z + q * r + w_delta
    """

    drive = dense_drive
    total = unchanged_total
    backward_input = dense_backward_input

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        W = p["weight_hh.T"]
        r_z = sigmoid(xp, a[..., : 2 * H] + h @ W[..., : 2 * H])
        r, z = split(r_z, 2)
        n = xp.tanh(a[..., 2 * H :] + (r * h) @ W[..., 2 * H :])
        return {"h": n + z * (h - n)}, {"gates": xp.concat([r_z, n], axis=-1)}

    def slopes(self, xp, before, kept):
        r, z, n = split(kept["gates"], 3)
        h = before["h"]
        return {
            "r": h * r * (1.0 - r),
            "z": (h - n) * z * (1.0 - z),
            "n": (1.0 - z) * (1.0 - n * n),
            "h_h": z,
            "q_h": r,
        }

    def delta(self, xp, p, slopes, d):
        """[δ_r δ_z δ_n q]: q is included because `backward` needs it again."""
        dh = d["h"]
        H = dh.shape[-1]
        delta_n = dh * slopes["n"]
        q = delta_n @ p["weight_hh"][..., 2 * H :, :]
        return xp.concat([q * slopes["r"], dh * slopes["z"], delta_n, q], axis=-1)

    def backward(self, xp, p, slopes, d, delta):
        H = d["h"].shape[-1]
        q = delta[..., 3 * H :]
        through_gates = delta[..., : 2 * H] @ p["weight_hh"][..., : 2 * H, :]
        return {"h": d["h"] * slopes["h_h"] + q * slopes["q_h"] + through_gates}

    def terms(self, xp, slopes, delta, x, before):
        H = delta.shape[-1] // 4
        h, r, r_z_n = before["h"], slopes["q_h"], delta[..., : 3 * H]
        return {
            "weight_ih": [Outer(r_z_n, x)],
            "weight_hh": [Outer(delta[..., : 2 * H], h), Outer(delta[..., 2 * H : 3 * H], r * h)],
            "bias_ih": [Total(r_z_n)],
            "bias_hh": SameAs("bias_ih"),
        }
