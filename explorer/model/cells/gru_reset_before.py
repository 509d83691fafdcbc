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

from explorer.model.cells.contract import DENSE, Outer, SameAs, Sum, Total, affine, blocks, sigmoid, written


class GRUResetBefore:
    state_names = ("h",)
    gate_names = ("reset", "update", "candidate")
    kept_names = ("gates",)
    block_names = gate_names
    delta_names = ("reset", "update", "candidate", "candidate")
    parameters = DENSE
    bounds = {"h": (-1.0, 1.0), "reset": (0.0, 1.0), "update": (0.0, 1.0), "candidate": (-1.0, 1.0)}
    bias_blocks = {"update_bias": "update"}
    keeping = {"update": 1}
    choices = ()
    equations = written(
        "forward",
        "a_r = x_r + u_r",
        "a_z = x_z + u_z",
        "r = sigmoid(a_r)",
        "z = sigmoid(a_z)",
        "rh = r * h_before",
        "a_n = x_n + u_n",
        "n = tanh(a_n)",
        "h = (1 - z) * n + z * h_before",
    ) + written(
        "backward",
        "dh = dh_next + loss_h",
        "delta_n = dh * (1 - z) * (1 - n**2)",
        "delta_r = q * h_before * r * (1 - r)",
        "delta_z = dh * (h_before - n) * z * (1 - z)",
        "dh_before = dh * z + q * r + w_delta",
    )
    drive_names = ("x_r", "x_z", "x_n")
    sums = {
        "u_r": Sum({"reset": "h_before"}, "forward"),
        "u_z": Sum({"update": "h_before"}, "forward"),
        "u_n": Sum({"candidate": "rh"}, "forward"),
        "q": Sum({"candidate": "delta_n"}, "backward"),
        "w_delta": Sum({"reset": "delta_r", "update": "delta_z"}, "backward"),
    }
    diagonals = {}

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        h = s["h"]
        H = h.shape[-1]
        W = p["weight_hh.T"]
        r_z = sigmoid(xp, a[..., : 2 * H] + h @ W[..., : 2 * H])
        r, z = blocks(r_z, 2)
        n = xp.tanh(a[..., 2 * H :] + (r * h) @ W[..., 2 * H :])
        return {"h": n + z * (h - n)}, {"gates": xp.concat([r_z, n], axis=-1)}

    def slopes(self, xp, before, kept):
        r, z, n = blocks(kept["gates"], 3)
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
        """[δ_r δ_z δ_n q]: q rides along, as `backward` needs it again."""
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

    def backward_input(self, xp, p, delta):
        return delta[..., : p["weight_ih"].shape[-2]] @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        H = delta.shape[-1] // 4
        h, r, r_z_n = before["h"], slopes["q_h"], delta[..., : 3 * H]
        return {
            "weight_ih": [Outer(r_z_n, x)],
            "weight_hh": [Outer(delta[..., : 2 * H], h), Outer(delta[..., 2 * H : 3 * H], r * h)],
            "bias_ih": [Total(r_z_n)],
            "bias_hh": SameAs("bias_ih"),
        }
