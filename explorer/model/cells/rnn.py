"""The simple (Elman) recurrent network, as `torch.nn.RNN`; Elman 1990, Pascanu, Mikolov & Bengio 2013.

    a_t = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh
    h_t = φ(a_t),   φ = tanh, relu, σ or identity

Backward, with φ′ written through h_t:

    δ_t = φ′(a_t) ⊙ ∂L/∂h_t
    ∂L/∂h_{t−1} = W_hhᵀ δ_t (+ what the loss at t−1 adds)
"""

from __future__ import annotations

from math import inf

from explorer.model.cells.contract import DENSE, Outer, SameAs, Sum, Total, affine, sigmoid, written

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
LINES = {  # the same two, as they are read
    "tanh": ("h = tanh(a)", "delta = dh * (1 - h**2)"),
    "relu": ("h = relu(a)", "delta = dh * (a > 0)"),
    "sigmoid": ("h = sigmoid(a)", "delta = dh * h * (1 - h)"),
    "identity": ("h = a", "delta = dh"),
}
BOUNDS = {"tanh": (-1.0, 1.0), "relu": (0.0, inf), "sigmoid": (0.0, 1.0), "identity": (-inf, inf)}


class RNN:
    state_names = ("h",)
    gate_names = ()
    kept_names = ("φ′",)
    block_names = ("hidden",)
    delta_names = block_names
    parameters = DENSE
    bias_blocks = {}
    keeping = {}
    choices = ("activation",)
    drive_names = ("x",)
    sums = {"u": Sum({"hidden": "h_before"}, "forward"), "w_delta": Sum({"hidden": "delta"}, "backward")}
    diagonals = {}

    def __init__(self, activation="tanh"):
        self.activate, self.slope = ACTIVATIONS[activation], SLOPES[activation]
        self.bounds = {"h": BOUNDS[activation]}
        h, delta = LINES[activation]
        self.equations = written("forward", "a = x + u", h) + written(
            "backward", "dh = dh_next + loss_h", delta, "dh_before = w_delta"
        )

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        h = self.activate(xp, pre)
        return {"h": h}, {"φ′": self.slope(xp, h)}

    def slopes(self, xp, before, kept):
        return {"a": kept["φ′"]}

    def total(self, xp, slopes, d):
        return d

    def delta(self, xp, p, slopes, d):
        return slopes["a"] * d["h"]

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"]}

    def backward_input(self, xp, p, delta):
        return delta @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": SameAs("bias_ih"),
        }
