"""Recurrent network of order 2, which sees its last two states; Soltani & Jiang 2016, "Higher order recurrent neural
networks".

    a_t = W_ih x_t + b_ih + W₁ h_{t−1} + W₂ h_{t−2} + b_hh      W₁ = weight_hh, W₂ = weight_hh2
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

With p_t = h_{t−1} as a second state it is a network of order 1, and one step back is one step:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = W₁ᵀ δ_t + ∂L/∂p_t,   ∂L/∂p_{t−1} = W₂ᵀ δ_t

∂L/∂h_t counts both roads; ∂L/∂p_t is the part that skips a step. Linear, with W₁ = W₂ = w · 1, the gradient obeys
d_t = w (d_{t+1} + d_{t+2}), so it is critical at w = ½ and not at 1.

Not to be confused with networks whose units multiply states ("second-order"), nor with stacked layers.
"""

from __future__ import annotations

from explorer.model.cells.contract import DENSE, Outer, SameAs, Sum, Total, affine, written
from explorer.model.cells.rnn import ACTIVATIONS, BOUNDS, LINES, SLOPES


class HigherOrder:
    state_names = ("h", "p")
    gate_names = ()
    kept_names = ("φ′",)
    block_names = ("hidden",)
    delta_names = block_names
    parameters = {**DENSE, "weight_hh2": ("H", "H")}
    bias_blocks = {}
    keeping = {}
    choices = ("activation",)
    drive_names = ("x",)
    sums = {
        "u_1": Sum({"hidden": "h_before"}, "forward"),
        "u_2": Sum({"hidden": "p_before"}, "forward", weight="weight_hh2"),
        "w1_delta": Sum({"hidden": "delta"}, "backward"),
        "w2_delta": Sum({"hidden": "delta"}, "backward", weight="weight_hh2"),
    }
    diagonals = {}

    def __init__(self, activation="tanh"):
        self.activate, self.slope = ACTIVATIONS[activation], SLOPES[activation]
        self.bounds = {"h": BOUNDS[activation], "p": BOUNDS[activation]}
        h, delta = LINES[activation]
        self.equations = written("forward", "a = x + u_1 + u_2", h, "p = h_before") + written(
            "backward",
            "dh = dh_next + loss_h",
            "dp = dp_next",
            delta,
            "dh_before = w1_delta + dp",
            "dp_before = w2_delta",
        )

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        pre = s["h"] @ p["weight_hh.T"]
        pre += s["p"] @ p["weight_hh2.T"]
        pre += a
        h = self.activate(xp, pre)
        return {"h": h, "p": s["h"]}, {"φ′": self.slope(xp, h)}

    def slopes(self, xp, before, kept):
        return {"a": kept["φ′"]}

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        return slopes["a"] * d["h"]

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"] + d["p"], "p": delta @ p["weight_hh2"]}

    def backward_input(self, xp, p, delta):
        return delta @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": SameAs("bias_ih"),
            "weight_hh2": [Outer(delta, before["p"])],
        }
