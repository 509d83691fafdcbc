"""Methods of cells whose weights are torch's four: a cell takes those that fit, by name (``terms = dense_terms``)."""

from __future__ import annotations

from explorer.model.cells.contract import Outer, SameAs, Total, affine


def dense_drive(self, xp, p, x):
    """Both biases stand outside of the recurrence."""
    return affine(p, x, p["bias_ih"] + p["bias_hh"])


def unchanged_total(self, xp, slopes, d):
    """No state of a step is made of another one of the same step."""
    return d


def dense_backward_input(self, xp, p, delta):
    """The leading blocks of `delta` are those of ``weight_ih``."""
    return delta[..., : p["weight_ih"].shape[-2]] @ p["weight_ih"]


def dense_terms(self, xp, slopes, delta, x, before):
    """`delta` is the pre-activations' cotangent, and h alone comes back through ``weight_hh``."""
    return {
        "weight_ih": [Outer(delta, x)],
        "weight_hh": [Outer(delta, before["h"])],
        "bias_ih": [Total(delta)],
        "bias_hh": SameAs("bias_ih"),
    }
