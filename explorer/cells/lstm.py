"""Long short-term memory with a forget gate, as `torch.nn.LSTM`; Hochreiter & Schmidhuber 1997, Gers et al. 2000.

    [i f g o] = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh      i, f, o through σ, g through tanh
    c_t = f ⊙ c_{t−1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

Backward, with dh = ∂L/∂h_t and dc = ∂L/∂c_t (which counts h_t as a function of c_t):

    dc ← dc + dh ⊙ o ⊙ (1 − tanh²c_t)
    δ = [dc ⊙ g ⊙ i(1−i),  dc ⊙ c_{t−1} ⊙ f(1−f),  dc ⊙ i ⊙ (1−g²),  dh ⊙ tanh c_t ⊙ o(1−o)]
    ∂L/∂h_{t−1} = W_hhᵀ δ,   ∂L/∂c_{t−1} = dc ⊙ f

Not to be confused with the first LSTM of 1997, which has no forget gate: its c road is exactly 1.
"""

from __future__ import annotations

from explorer.cells.contract import Outer, Total, sigmoid, transposed


class LSTM:
    state_names = ("h", "c")
    gate_names = ("input", "forget", "candidate", "output")
    blocks = gate_names
    bias_blocks = {"forget_bias": "forget"}
    choices = ()

    def drive(self, xp, p, x):
        return x @ transposed(p["weight_ih"]) + (p["bias_ih"] + p["bias_hh"])[..., None, :]

    def forward(self, xp, p, a, s):
        a = a + s["h"] @ transposed(p["weight_hh"])
        H = s["h"].shape[-1]
        i_f = sigmoid(xp, a[..., : 2 * H])
        i, f = i_f[..., :H], i_f[..., H:]
        g = xp.tanh(a[..., 2 * H : 3 * H])
        o = sigmoid(xp, a[..., 3 * H :])
        c = f * s["c"] + i * g
        h = o * xp.tanh(c)
        return {"h": h, "c": c}, {"input": i, "forget": f, "candidate": g, "output": o}

    def slopes(self, xp, p, before, after, gates):
        i, f, g, o = (gates[name] for name in self.gate_names)
        tanh_c = xp.tanh(after["c"])
        return {
            "h_c": o * (1.0 - tanh_c * tanh_c),
            "i": g * i * (1.0 - i),
            "f": before["c"] * f * (1.0 - f),
            "g": i * (1.0 - g * g),
            "o": tanh_c * o * (1.0 - o),
            "c_c": f,
        }

    def total(self, xp, slopes, d):
        return {"h": d["h"], "c": d["c"] + d["h"] * slopes["h_c"]}

    def delta(self, xp, p, slopes, d):
        dh, dc = d["h"], d["c"]
        return xp.concat([dc * slopes["i"], dc * slopes["f"], dc * slopes["g"], dh * slopes["o"]], axis=-1)

    def backward(self, xp, p, slopes, d):
        return {"h": self.delta(xp, p, slopes, d) @ p["weight_hh"], "c": d["c"] * slopes["c_c"]}

    def terms(self, xp, p, slopes, d, delta, x, before):
        return {
            "weight_ih": [Outer(delta, x)],
            "weight_hh": [Outer(delta, before["h"])],
            "bias_ih": [Total(delta)],
            "bias_hh": [Total(delta)],
        }
