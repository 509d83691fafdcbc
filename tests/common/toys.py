"""A cell, a task, an optimiser and a lens as another package would bring them."""

import numpy as np

from explorer.model.cells.contract import DENSE, Cell, Outer, Total, Weight, affine, sigmoid
from explorer.model.cells.dense import dense_backward_input, unchanged_total
from explorer.model.optimisers import Optimiser
from explorer.model.tasks.contract import Answers, Batch, Task, one_hot
from explorer.show.lenses.contract import Choices, Lens, Part, at_once
from explorer.show.plots.record import Axis, Figure, Panel, Series


class Leaky(Cell):
    """Each unit forgets at a rate of its own, whatever it reads."""

    states = ("h",)
    gates = {"leak": "z"}
    blocks = ("candidate",)
    ranges = {"h": (-1.0, 1.0)}
    parameters = {
        "weight_ih": DENSE["weight_ih"],
        "bias_ih": DENSE["bias_ih"],
        "weight_leak": Weight(("H",), lambda d: d.rng.standard_normal(d.shape), "l"),
    }
    equations = """
        z = sigmoid(l)
        n = tanh(x)
        h = (1 - z) * h_before + z * n

        dh = dh_next + loss_h
        delta = dh * z * (1 - n**2)
        dh_before = dh * (1 - z)
    """
    delta_blocks = ("candidate", "")

    total = unchanged_total
    backward_input = dense_backward_input

    def drive(self, xp, p, x):
        return affine(p, x, p["bias_ih"])

    def forward(self, xp, p, a, s):
        z = sigmoid(xp, p["weight_leak"])[..., None, :] * xp.ones_like(s["h"])
        n = xp.tanh(a)
        return {"h": (1.0 - z) * s["h"] + z * n}, {"gates": z, "n": n}

    def slopes(self, xp, before, kept):
        z, n = kept["gates"], kept["n"]
        return {"n": z * (1.0 - n * n), "l": (n - before["h"]) * z * (1.0 - z), "h": 1.0 - z}

    def delta(self, xp, p, slopes, d):
        return xp.concat([d["h"] * slopes["n"], d["h"] * slopes["l"]], axis=-1)

    def backward(self, xp, p, slopes, d, delta):
        return {"h": d["h"] * slopes["h"]}

    def terms(self, xp, slopes, delta, x, before):
        H = delta.shape[-1] // 2
        through_n, through_l = delta[..., :H], delta[..., H:]
        return {
            "weight_ih": [Outer(through_n, x)],
            "bias_ih": [Total(through_n)],
            "weight_leak": [Total(through_l)],
        }


def leaky(torch, phi, p, x, s):
    z = torch.sigmoid(p["weight_leak"])
    h = (1 - z) * s["h"] + z * torch.tanh(x @ p["weight_ih"].T + p["bias_ih"])
    return {"h": h}, {"leak": z.expand_as(h)}


class Parity(Task):
    """Whether the number of ones so far is odd."""

    listens = 2

    def sizes(self, request):
        return 2, 2

    def draw(self, rng, request):
        bits = rng.integers(2, size=(request.seq_len, request.batch_size))
        return Batch(one_hot(bits, 2), np.cumsum(bits, axis=0) % 2)

    def baseline(self, request, steps):
        return steps * float(np.log(2))

    def sample(self, outputs, targets):
        odd = ("even", "odd")
        return Answers("orders", tuple(odd[c] for c in targets[-1]), tuple(odd[c] for c in outputs[-1].argmax(-1)))


SIGN = Optimiser(0, lambda g, slots, t, rate, momentum: np.sign(g) * -rate)


class HalfChoices(Choices):
    """Nothing to choose."""


def _half(trace, found):
    return {"half": trace.log10_state_grad_norm["h"][-1, 1:] - np.log10(2)}


def _figure(found, trace, choices):
    T = trace.experiment.seq_len
    line = Series("half", np.arange(1, T + 1), found["record"]["half"], "#0072B2")
    panel = Panel(Axis("norm", -20.0, 1.0, decades=True), series=(line,))
    return (Figure("half", "Half", "Half of it.", "A line.", Axis("step", 1, T), (panel,)),)


HALF = Lens({"record": Part("half", at_once(_half))}, _figure, lambda found, trace, choices: ("Half of the gradient.",))
