"""One step of every cell in plain torch, written from the papers, independently of `explorer.model.cells`.

The oracle runs these steps, and the exported script and notebook contain the lines of the chosen one. So each is
self-contained: it takes torch, `phi` (the activation), the weights `p` of its layer in torch's names and layouts, an
input x (B, I) and the last states `s` (B, H), and returns the new states and the gates. Biases are rows with one number
per unit; `chunk` splits the gates' blocks in torch's order.
"""

from __future__ import annotations

from explorer.model.cells import CELLS
from explorer.model.cells.row import PlainStep

ACTIVATIONS = {"tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid", "identity": "clone"}  # by their names in torch


def rnn(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    return {"h": phi(a)}, {}


def lstm(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    i, f, g, o = a.chunk(4, dim=-1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * s["c"] + i * g
    return {"h": o * torch.tanh(c), "c": c}, {"input": i, "forget": f, "candidate": g, "output": o}


def lstm_peephole(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    i, f, g, o = a.chunk(4, dim=-1)
    i = torch.sigmoid(i + p["weight_ci"] * s["c"])
    f = torch.sigmoid(f + p["weight_cf"] * s["c"])
    g = torch.tanh(g)
    c = f * s["c"] + i * g
    o = torch.sigmoid(o + p["weight_co"] * c)
    return {"h": o * torch.tanh(c), "c": c}, {"input": i, "forget": f, "candidate": g, "output": o}


def lstm_coupled(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    f, g, o = a.chunk(3, dim=-1)
    f, g, o = torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * s["c"] + (1 - f) * g
    return {"h": o * torch.tanh(c), "c": c}, {"forget": f, "candidate": g, "output": o}


def gru(torch, phi, p, x, s):
    a_r, a_z, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(3, dim=-1)
    u_r, u_z, u_n = (s["h"] @ p["weight_hh"].T + p["bias_hh"]).chunk(3, dim=-1)
    r, z = torch.sigmoid(a_r + u_r), torch.sigmoid(a_z + u_z)
    n = torch.tanh(a_n + r * u_n)
    return {"h": (1 - z) * n + z * s["h"]}, {"reset": r, "update": z, "candidate": n}


def gru_reset_before(torch, phi, p, x, s):
    a_r, a_z, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(3, dim=-1)
    W_r, W_z, W_n = p["weight_hh"].chunk(3, dim=0)
    b_r, b_z, b_n = p["bias_hh"].chunk(3, dim=-1)
    h = s["h"]
    r, z = torch.sigmoid(a_r + h @ W_r.T + b_r), torch.sigmoid(a_z + h @ W_z.T + b_z)
    n = torch.tanh(a_n + (r * h) @ W_n.T + b_n)
    return {"h": (1 - z) * n + z * h}, {"reset": r, "update": z, "candidate": n}


def mgu(torch, phi, p, x, s):
    a_f, a_n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(2, dim=-1)
    W_f, W_n = p["weight_hh"].chunk(2, dim=0)
    b_f, b_n = p["bias_hh"].chunk(2, dim=-1)
    h = s["h"]
    f = torch.sigmoid(a_f + h @ W_f.T + b_f)
    n = torch.tanh(a_n + (f * h) @ W_n.T + b_n)
    return {"h": (1 - f) * h + f * n}, {"forget": f, "candidate": n}


def min_gru(torch, phi, p, x, s):
    a_z, n = (x @ p["weight_ih"].T + p["bias_ih"]).chunk(2, dim=-1)
    z = torch.sigmoid(a_z)
    return {"h": (1 - z) * s["h"] + z * n}, {"update": z}


def indrnn(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ torch.diag(p["weight_hh"]) + p["bias_hh"]
    return {"h": phi(a)}, {}


def higher_order(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + s["p"] @ p["weight_hh2"].T + p["bias_hh"]
    return {"h": phi(a), "p": s["h"].clone()}, {}


def lru(torch, phi, p, x, s):
    lambda_ = torch.exp(torch.complex(-torch.exp(p["weight_nu"]), p["weight_theta"]))
    B = torch.complex(*p["weight_ih"].chunk(2, dim=0))
    read = torch.exp(p["weight_gamma"]) * (x.to(B.dtype) @ B.T)
    new = lambda_ * torch.complex(s["h"], s["v"]) + read
    return {"h": new.real.clone(), "v": new.imag.clone()}, {}


def slstm(torch, phi, p, x, s):
    a = x @ p["weight_ih"].T + p["bias_ih"] + s["h"] @ p["weight_hh"].T + p["bias_hh"]
    a_i, a_f, a_z, a_o = a.chunk(4, dim=-1)
    log_f = torch.nn.functional.logsigmoid(a_f)
    remembered = torch.where(s["n"] > 0, log_f + s["m"], -torch.inf)
    m = torch.maximum(remembered, a_i)
    i, f = torch.exp(a_i - m), torch.exp(remembered - m)
    z, o = torch.tanh(a_z), torch.sigmoid(a_o)
    c, n = f * s["c"] + i * z, f * s["n"] + i
    gates = {"input": i, "forget": torch.exp(log_f), "candidate": z, "output": o}
    return {"h": o * c / n, "c": c, "n": n, "m": m}, gates


STEPS: dict[str, PlainStep] = {
    step.__name__: step
    for step in (
        rnn,
        lstm,
        gru,
        gru_reset_before,
        lstm_peephole,
        lstm_coupled,
        mgu,
        min_gru,
        indrnn,
        higher_order,
        lru,
        slstm,
    )
}


def plain_step(cell: str) -> PlainStep | None:
    """The plain step of a cell: from `STEPS`, or registered with the cell; None where there is none."""
    return STEPS.get(cell) or CELLS[cell].plain
