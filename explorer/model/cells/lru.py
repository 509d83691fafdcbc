"""Linear recurrent unit; Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu & De 2023, "Resurrecting recurrent neural
networks for long sequences", section 3.

    λ = exp(−exp(ν) + iθ)                                  |λ| < 1 whatever ν is
    s_t = λ ⊙ s_{t−1} + γ ⊙ B x_t,   s = h + iv            γ keeps |s| near 1: it starts at √(1 − |λ|²)

ν, θ and log γ are weight_nu, weight_theta, weight_gamma; B = B_h + iB_v is weight_ih, first H rows, then H more. All
arrays are real, and h, the real part, is what the readout or the next layer sees.

Backward, with dh = ∂L/∂h_t and dv = ∂L/∂v_t, and (m, n) the two parts of λ s_{t−1}:

    ∂L/∂h_{t−1} = Re λ ⊙ dh + Im λ ⊙ dv,   ∂L/∂v_{t−1} = Re λ ⊙ dv − Im λ ⊙ dh
    ∂L/∂ν = −exp(ν) ⊙ (dh ⊙ m + dv ⊙ n),   ∂L/∂θ = dv ⊙ m − dh ⊙ n
    ∂L/∂log γ = γ ⊙ (dh ⊙ B_h x_t + dv ⊙ B_v x_t)

So a unit's (dh, dv) rotates by θ per step and has the length |λ|^(T−t): linear theory is exact here.

λ is drawn evenly from the unit disc, and γ is √(1 − |λ|²) (lemma 3.2, section 3.4). There are no other recurrent
weights, so an experiment's `init` and `gain` do nothing here.

Not to be confused with the paper's whole block, y = Re(C s) + D x in a residual network with an MLP: here C = 1, D = 0,
and dense matrices follow. Nor with θ as exp(θ), which the paper learns: here it is the angle itself.
"""

from __future__ import annotations

import numpy as np

from explorer.model.cells.contract import DENSE, Cell, Outer, Total, Weight, split
from explorer.model.cells.dense import dense_backward_input, unchanged_total


def _draw_nu(d):
    return np.log(-np.log(d.rng.uniform(size=d.shape)) / 2)


def _draw_theta(d):
    return d.rng.uniform(0.0, 2 * np.pi, size=d.shape)


def _draw_log_gamma(d):
    return np.log(-np.expm1(-2 * np.exp(d.other("weight_nu")))) / 2


class LRU(Cell):
    """The cell ``lru``: a linear, complex, diagonal recurrence in real arrays."""

    states = ("h", "v")
    blocks = ("real", "imaginary")
    delta_blocks = ("real", "imaginary", "", "", "")
    parameters = {
        "weight_ih": DENSE["weight_ih"],
        "weight_nu": Weight(("H",), _draw_nu, "nu"),
        "weight_theta": Weight(("H",), _draw_theta, "theta"),
        "weight_gamma": Weight(("H",), _draw_log_gamma),
    }
    equations = """
        r = exp(-exp(nu))
        lambda_re = r * cos(theta)
        lambda_im = r * sin(theta)
        h = lambda_re * h_before - lambda_im * v_before + x_h
        v = lambda_im * h_before + lambda_re * v_before + x_v

        dh = dh_next + loss_h
        dv = dv_next
        dh_before = lambda_re * dh + lambda_im * dv
        dv_before = lambda_re * dv - lambda_im * dh
    """

    total = unchanged_total
    backward_input = dense_backward_input

    def drive(self, xp, p, x):
        gamma = xp.exp(p["weight_gamma"])[..., None, :]
        return x @ p["weight_ih.T"] * xp.concat([gamma, gamma], axis=-1)

    def forward(self, xp, p, a, s):
        re, im = _parts_of_lambda(xp, p)
        m, n = re * s["h"] - im * s["v"], im * s["h"] + re * s["v"]
        x_h, x_v = split(a, 2)
        return {"h": m + x_h, "v": n + x_v}, {"turned": xp.concat([m, n], axis=-1), "x": a}

    def slopes(self, xp, before, kept):
        return dict(kept)

    def delta(self, xp, p, slopes, d):
        """[dBx_h dBx_v δ_ν δ_θ δ_logγ]: the cotangents of B x, and what one step adds to the vectors' gradients."""
        dh, dv = d["h"], d["v"]
        m, n = split(slopes["turned"], 2)
        x_h, x_v = split(slopes["x"], 2)
        gamma, rate = (xp.exp(p[name])[..., None, :] for name in ("weight_gamma", "weight_nu"))
        d_nu, d_theta, d_gamma = -rate * (dh * m + dv * n), dv * m - dh * n, dh * x_h + dv * x_v
        return xp.concat([gamma * dh, gamma * dv, d_nu, d_theta, d_gamma], axis=-1)

    def backward(self, xp, p, slopes, d, delta):
        re, im = _parts_of_lambda(xp, p)
        return {"h": re * d["h"] + im * d["v"], "v": re * d["v"] - im * d["h"]}

    def terms(self, xp, slopes, delta, x, before):
        dBx_h, _, d_nu, d_theta, d_gamma = split(delta, 5)
        return {
            "weight_ih": [Outer(delta[..., : 2 * dBx_h.shape[-1]], x)],
            "weight_nu": [Total(d_nu)],
            "weight_theta": [Total(d_theta)],
            "weight_gamma": [Total(d_gamma)],
        }


def _parts_of_lambda(xp, p):
    size, angle = xp.exp(-xp.exp(p["weight_nu"])), p["weight_theta"]
    return (size * xp.cos(angle))[..., None, :], (size * xp.sin(angle))[..., None, :]
