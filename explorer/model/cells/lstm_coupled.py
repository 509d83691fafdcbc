"""LSTM with coupled input and forget gate: what is forgotten makes room for what is written, i = 1 − f.

Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2017, "LSTM: A search space odyssey" (CIFG), section III.

    [f g o] = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh        f, o through σ, g through tanh
    c_t = f ⊙ c_{t−1} + (1 − f) ⊙ g                        a mean of the two, so |c| stays below 1
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t as a function of c_t):

    dc ← dc + dh ⊙ o ⊙ (1 − tanh²c_t)
    δ = [dc ⊙ (c_{t−1} − g) ⊙ f(1−f),  dc ⊙ (1−f) ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = W_hhᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f

Not to be confused with a GRU, whose update gate couples the same way but acts on h itself: it has no c and no o.
"""

from __future__ import annotations

from explorer.model.cells.contract import DENSE, Outer, SameAs, Sum, Total, affine, blocks, sigmoid, written


class LSTMCoupled:
    state_names = ("h", "c")
    gate_names = ("forget", "candidate", "output")
    kept_names = ("gates", "tanh c")
    block_names = gate_names
    delta_names = block_names
    parameters = DENSE
    bounds = {
        "h": (-1.0, 1.0),
        "c": (-1.0, 1.0),
        "forget": (0.0, 1.0),
        "candidate": (-1.0, 1.0),
        "output": (0.0, 1.0),
    }
    bias_blocks = {"forget_bias": "forget"}
    keeping = {"forget": 1}
    choices = ()
    equations = written(
        "forward",
        "a_f = x_f + u_f",
        "a_g = x_g + u_g",
        "a_o = x_o + u_o",
        "f = sigmoid(a_f)",
        "g = tanh(a_g)",
        "o = sigmoid(a_o)",
        "c = f * c_before + (1 - f) * g",
        "h = o * tanh(c)",
    ) + written(
        "backward",
        "dh = dh_next + loss_h",
        "dc = dc_next + dh * o * (1 - tanh(c)**2)",
        "delta_f = dc * (c_before - g) * f * (1 - f)",
        "delta_g = dc * (1 - f) * (1 - g**2)",
        "delta_o = dh * tanh(c) * o * (1 - o)",
        "dh_before = w_delta",
        "dc_before = dc * f",
    )
    drive_names = ("x_f", "x_g", "x_o")
    sums = {
        "u_f": Sum({"forget": "h_before"}, "forward"),
        "u_g": Sum({"candidate": "h_before"}, "forward"),
        "u_o": Sum({"output": "h_before"}, "forward"),
        "w_delta": Sum({"forget": "delta_f", "candidate": "delta_g", "output": "delta_o"}, "backward"),
    }
    diagonals = {}

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        H = s["h"].shape[-1]
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        gates = sigmoid(xp, pre)  # one call for all blocks is faster than two for the blocks that need it
        gates[..., H : 2 * H] = xp.tanh(pre[..., H : 2 * H])
        f, g, o = blocks(gates, 3)
        c = g + f * (s["c"] - g)
        tanh_c = xp.tanh(c)
        return {"h": o * tanh_c, "c": c}, {"gates": gates, "tanh c": tanh_c}

    def slopes(self, xp, before, kept):
        tanh_c = kept["tanh c"]
        f, g, o = blocks(kept["gates"], 3)
        slope_f = (before["c"] - g) * f * (1.0 - f)
        slope_g = (1.0 - f) * (1.0 - g * g)
        slope_o = tanh_c * o * (1.0 - o)
        return {"a": xp.concat([slope_f, slope_g, slope_o], axis=-1), "h_c": o * (1.0 - tanh_c * tanh_c), "c_c": f}

    def total(self, xp, slopes, d):
        return {"h": d["h"], "c": d["c"] + d["h"] * slopes["h_c"]}

    def delta(self, xp, p, slopes, d):
        dh, dc = d["h"], d["c"]
        delta = xp.concat([dc, dc, dh], axis=-1)
        delta *= slopes["a"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        return {"h": delta @ p["weight_hh"], "c": d["c"] * slopes["c_c"]}

    def backward_input(self, xp, p, delta):
        return delta @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": SameAs("bias_ih"),
        }
