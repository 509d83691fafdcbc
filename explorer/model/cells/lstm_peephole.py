"""LSTM with peepholes: the gates see the cell state; Gers & Schmidhuber 2000, "Recurrent nets that time and count".

    i = σ(W_i x_t + U_i h_{t−1} + b_i + p_i ⊙ c_{t−1})     p_i = weight_ci, one number a unit
    f = σ(W_f x_t + U_f h_{t−1} + b_f + p_f ⊙ c_{t−1})     p_f = weight_cf
    c_t = f ⊙ c_{t−1} + i ⊙ g,   g = tanh(W_g x_t + U_g h_{t−1} + b_g)
    o = σ(W_o x_t + U_o h_{t−1} + b_o + p_o ⊙ c_t)         p_o = weight_co: this gate sees the new c
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t, and so o, as a function of c_t):

    dc ← dc + dh ⊙ (o ⊙ (1 − tanh²c_t) + tanh c_t ⊙ o(1−o) ⊙ p_o)
    δ = [dc ⊙ g ⊙ i(1−i),  dc ⊙ c_{t−1} ⊙ f(1−f),  dc ⊙ i ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = Uᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f + δ_i ⊙ p_i + δ_f ⊙ p_f

Not to be confused with `torch.nn.LSTM` (`lstm`), which has no peepholes and is this cell with p = 0; nor with the
learning rule of 2000, which cuts the derivatives that pass through the gates: this one is exact.
"""

from __future__ import annotations

from math import inf

from explorer.model.cells.contract import DENSE, Outer, Product, SameAs, Sum, Total, affine, blocks, sigmoid, written


class LSTMPeephole:
    state_names = ("h", "c")
    gate_names = ("input", "forget", "candidate", "output")
    kept_names = ("gates", "tanh c", "h_c")
    block_names = gate_names
    delta_names = block_names
    parameters = {**DENSE, "weight_ci": ("H",), "weight_cf": ("H",), "weight_co": ("H",)}
    bounds = {
        "h": (-1.0, 1.0),
        "c": (-inf, inf),
        "input": (0.0, 1.0),
        "forget": (0.0, 1.0),
        "candidate": (-1.0, 1.0),
        "output": (0.0, 1.0),
    }
    bias_blocks = {"forget_bias": "forget"}
    keeping = {"forget": 1, "input": -1}
    choices = ()
    equations = written(
        "forward",
        "a_i = x_i + u_i + p_i * c_before",
        "a_f = x_f + u_f + p_f * c_before",
        "a_g = x_g + u_g",
        "i = sigmoid(a_i)",
        "f = sigmoid(a_f)",
        "g = tanh(a_g)",
        "c = f * c_before + i * g",
        "a_o = x_o + u_o + p_o * c",
        "o = sigmoid(a_o)",
        "h = o * tanh(c)",
    ) + written(
        "backward",
        "dh = dh_next + loss_h",
        "delta_o = dh * tanh(c) * o * (1 - o)",
        "dc = dc_next + dh * o * (1 - tanh(c)**2) + delta_o * p_o",
        "delta_i = dc * g * i * (1 - i)",
        "delta_f = dc * c_before * f * (1 - f)",
        "delta_g = dc * i * (1 - g**2)",
        "dh_before = w_delta",
        "dc_before = dc * f + delta_i * p_i + delta_f * p_f",
    )
    drive_names = ("x_i", "x_f", "x_g", "x_o")
    sums = {
        "u_i": Sum({"input": "h_before"}, "forward"),
        "u_f": Sum({"forget": "h_before"}, "forward"),
        "u_g": Sum({"candidate": "h_before"}, "forward"),
        "u_o": Sum({"output": "h_before"}, "forward"),
        "w_delta": Sum(
            {"input": "delta_i", "forget": "delta_f", "candidate": "delta_g", "output": "delta_o"}, "backward"
        ),
    }
    diagonals = {"p_i": "weight_ci", "p_f": "weight_cf", "p_o": "weight_co"}

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"] + p["bias_hh"])

    def forward(self, xp, p, a, s):
        H, c = s["c"].shape[-1], s["c"]
        p_i, p_f, p_o = (p[name][..., None, :] for name in ("weight_ci", "weight_cf", "weight_co"))
        pre = s["h"] @ p["weight_hh.T"]
        pre += a
        pre[..., :H] += p_i * c
        pre[..., H : 2 * H] += p_f * c
        i, f = blocks(sigmoid(xp, pre[..., : 2 * H]), 2)
        g = xp.tanh(pre[..., 2 * H : 3 * H])
        c = f * c
        c += i * g
        tanh_c = xp.tanh(c)
        o = sigmoid(xp, pre[..., 3 * H :] + p_o * c)
        h_c = o * (1.0 - tanh_c * tanh_c)
        h_c += tanh_c * o * (1.0 - o) * p_o
        return {"h": o * tanh_c, "c": c}, {"gates": xp.concat([i, f, g, o], axis=-1), "tanh c": tanh_c, "h_c": h_c}

    def slopes(self, xp, before, kept):
        gates = kept["gates"]
        i, f, g, _ = blocks(gates, 4)
        H = g.shape[-1]
        a = 1.0 - gates
        a *= gates
        a[..., 2 * H : 3 * H] = 1.0 - g * g
        a *= xp.concat([g, before["c"], i, kept["tanh c"]], axis=-1)
        return {"a": a, "h_c": kept["h_c"], "c_c": f, "c": f * before["c"] + i * g}

    def total(self, xp, slopes, d):
        return {"h": d["h"], "c": d["c"] + d["h"] * slopes["h_c"]}

    def delta(self, xp, p, slopes, d):
        dh, dc = d["h"], d["c"]
        delta = xp.concat([dc, dc, dc, dh], axis=-1)
        delta *= slopes["a"]
        return delta

    def backward(self, xp, p, slopes, d, delta):
        delta_i, delta_f, _, _ = blocks(delta, 4)
        dc = d["c"] * slopes["c_c"]
        dc += delta_i * p["weight_ci"][..., None, :]
        dc += delta_f * p["weight_cf"][..., None, :]
        return {"h": delta @ p["weight_hh"], "c": dc}

    def backward_input(self, xp, p, delta):
        return delta @ p["weight_ih"]

    def terms(self, xp, slopes, delta, x, before):
        delta_i, delta_f, _, delta_o = blocks(delta, 4)
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": SameAs("bias_ih"),
            "weight_ci": [Product(delta_i, before["c"])],
            "weight_cf": [Product(delta_f, before["c"])],
            "weight_co": [Product(delta_o, slopes["c"])],
        }
