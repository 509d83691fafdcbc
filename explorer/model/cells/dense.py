"""Methods for cells with torch's four weights; a cell assigns those that fit it (``terms = dense_terms``)."""

from __future__ import annotations

from explorer.model.cells.contract import Outer, SameAs, Total, affine


def dense_drive(self, xp, p, x):
    """`Cell.drive` where both biases are outside the recurrence."""
    return affine(p, x, p["bias_ih"] + p["bias_hh"])


def unchanged_total(self, xp, slopes, d):
    """`Cell.total` where no state depends on another state of the same step."""
    return d


def dense_backward_input(self, xp, p, delta):
    """`Cell.backward_input` where the leading blocks of `delta` are those of ``weight_ih``."""
    return delta[..., : p["weight_ih"].shape[-2]] @ p["weight_ih"]


def dense_terms(self, xp, slopes, delta, x, before):
    """`Cell.terms` where `delta` is the pre-activations' cotangent, and ``weight_hh`` multiplies only h."""
    return {
        "weight_ih": [Outer(delta, x)],
        "weight_hh": [Outer(delta, before["h"])],
        "bias_ih": [Total(delta)],
        "bias_hh": SameAs("bias_ih"),
    }
