"""The simple (Elman) recurrent network, as `torch.nn.RNN`; Elman 1990, Pascanu, Mikolov & Bengio 2013.

    a_t = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

Backward, with φ′ written through h_t:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = W_hhᵀ δ_t (+ what the loss at t−1 adds)
"""

from __future__ import annotations

from explorer.cells.contract import Outer, Total, sigmoid, transposed

ACTIVATIONS = {
    "tanh": lambda xp, a: xp.tanh(a),
    "relu": lambda xp, a: xp.where(a < 0, xp.zeros_like(a), a),  # keeps NaN, which a maximum may not
    "sigmoid": sigmoid,
    "identity": lambda xp, a: a,
}
SLOPES = {
    "tanh": lambda xp, h: 1.0 - h * h,
    "relu": lambda xp, h: xp.where(h > 0, xp.ones_like(h), xp.zeros_like(h)),
    "sigmoid": lambda xp, h: h * (1.0 - h),
    "identity": lambda xp, h: xp.ones_like(h),
}


class RNN:
    state_names = ("h",)
    gate_names = ()
    blocks = ("hidden",)
    bias_blocks = {}
    choices = ("activation",)

    def __init__(self, activation="tanh"):
        self.activate, self.slope = ACTIVATIONS[activation], SLOPES[activation]

    def drive(self, xp, p, x):
        return x @ transposed(p["weight_ih"]) + (p["bias_ih"] + p["bias_hh"])[..., None, :]

    def forward(self, xp, p, a, s):
        return {"h": self.activate(xp, a + s["h"] @ transposed(p["weight_hh"]))}, {}

    def slopes(self, xp, p, before, after, gates):
        return {"a": self.slope(xp, after["h"])}

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        return slopes["a"] * d["h"]

    def backward(self, xp, p, slopes, d):
        return {"h": self.delta(xp, p, slopes, d) @ p["weight_hh"]}

    def terms(self, xp, p, slopes, d, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": [Total(delta)],
        }
