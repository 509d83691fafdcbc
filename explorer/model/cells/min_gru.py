"""Minimal GRU, whose gate and candidate see the input alone; Feng, Tung, Ahmed, Bengio & Hajimirsadeghi 2024, "Were
RNNs all we needed?", section 3.1.

    z = σ(W_z x_t + b_z)
    n = W_n x_t + b_n                                      no tanh: nothing bounds it
    h_t = (1 − z) ⊙ h_{t−1} + z ⊙ n                        here z *renews*, as in the paper

Backward, with dh = ∂L/∂h_t; there is no recurrent matrix, so a unit's gradient stays its own:

    δ = [dh ⊙ (n − h_{t−1}) ⊙ z(1−z),  dh ⊙ z]
    ∂L/∂h_{t−1} = dh ⊙ (1 − z)

Not to be confused with z of `torch.nn.GRU` (`gru`), which has the opposite sense: there an open gate keeps. Nor with
the paper's second form for long products, which uses logarithms and keeps n above zero.
"""

from __future__ import annotations

from explorer.model.cells.contract import DENSE, Cell, Outer, Total, affine, sigmoid, split
from explorer.model.cells.dense import dense_backward_input, unchanged_total


class MinGRU(Cell):
    """The cell ``min_gru``: a GRU whose gate and candidate read only the input."""

    states = ("h",)
    gates = {"update": "z"}
    blocks = ("update", "candidate")
    parameters = {name: DENSE[name] for name in ("weight_ih", "bias_ih")}
    bias_of = {"update_bias": "update"}
    keeps = {"update": -1}
    equations = """
        z = sigmoid(x_z)
        n = x_n
        h = (1 - z) * h_before + z * n

        dh = dh_next + loss_h
        delta_z = dh * (n - h_before) * z * (1 - z)
        delta_n = dh * z
        dh_before = dh * (1 - z)
    """

    total = unchanged_total
    backward_input = dense_backward_input

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"])

    def forward(self, xp, p, a, s):
        a_z, n = split(a, 2)
        z = sigmoid(xp, a_z)
        return {"h": s["h"] + z * (n - s["h"])}, {"gates": z, "n": n}

    def slopes(self, xp, before, kept):
        z = kept["gates"]
        return {"a": xp.concat([(kept["n"] - before["h"]) * z * (1.0 - z), z], axis=-1), "h_h": 1.0 - z}

    def delta(self, xp, p, slopes, d):
        delta = xp.concat([d["h"], d["h"]], axis=-1)
        delta *= slopes["a"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        return {"h": d["h"] * slopes["h_h"]}

    def terms(self, xp, slopes, delta, x, before):
        return {"weight_ih": [Outer(delta, x)], "bias_ih": [Total(delta)]}
