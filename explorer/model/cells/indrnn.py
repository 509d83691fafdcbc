"""Independently recurrent network: a unit sees its own past and no other's; Li, Li, Cook, Zhu & Gao 2018, eq. 2.

    a_t = W_ih x_t + b_ih + w ⊙ h_{t−1} + b_hh             w = weight_hh, one number a unit
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

Backward, with φ′ written through h_t; no unit's gradient meets another's, so each vanishes or explodes on its own:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = w ⊙ δ_t (+ what the loss at t−1 adds)

Not to be confused with `rnn`, whose weight_hh is a matrix: here it is diagonal. Units mix between layers.
"""

from __future__ import annotations

from explorer.model.cells.contract import DENSE, Outer, Product, SameAs, Total, affine, written
from explorer.model.cells.rnn import ACTIVATIONS, BOUNDS, LINES, SLOPES


class IndRNN:
    state_names = ("h",)
    gate_names = ()
    kept_names = ("φ′",)
    block_names = ("hidden",)
    delta_names = block_names
    parameters = {**DENSE, "weight_hh": ("H",)}
    bias_blocks = {}
    keeping = {}
    choices = ("activation",)
    drive_names = ("x",)
    sums = {}
    diagonals = {"w": "weight_hh"}

    def __init__(self, activation="tanh"):
        self.activate, self.slope = ACTIVATIONS[activation], SLOPES[activation]
        self.bounds = {"h": BOUNDS[activation]}
        h, delta = LINES[activation]
        self.equations = written("forward", "a = x + w * h_before", h) + written(
            "backward", "dh = dh_next + loss_h", delta, "dh_before = w * delta"
        )

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        h = self.activate(xp, a + p["weight_hh"][..., None, :] * s["h"])
        return {"h": h}, {"φ′": self.slope(xp, h)}

    def slopes(self, xp, before, kept):
        return {"a": kept["φ′"]}

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        return slopes["a"] * d["h"]

    def backward(self, xp, p, slopes, d, delta):
        return {"h": p["weight_hh"][..., None, :] * delta}

    def backward_input(self, xp, p, delta):
        return delta @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Product(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": SameAs("bias_ih"),
        }
