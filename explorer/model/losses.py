"""Losses of all steps at once, with their gradients: L = (1/B) Σ_b Σ_{t∈S} ℓ(t, b).

* squared error: ℓ = (1/O) Σ_o (y − target)², as `torch.nn.MSELoss`; ∂ℓ/∂y = 2 (y − target) / O
* cross-entropy in nats: ℓ = −log softmax(y)[class]; ∂ℓ/∂y = softmax(y) − onehot(class)
"""

from __future__ import annotations

from typing import Any

from explorer.base.backend import Array


def squared_error(xp: Any, outputs: Array, targets: Array) -> tuple[Array, Array]:
    """(T, K, B, O) outputs and targets → ℓ averaged over the batch (T, K), and ∂L/∂outputs (T, K, B, O)."""
    B, O = outputs.shape[-2:]
    difference = outputs - targets
    return xp.sum(difference * difference, axis=(-2, -1)) / (B * O), difference * (2.0 / (B * O))


def cross_entropy(xp: Any, outputs: Array, targets: Array) -> tuple[Array, Array]:
    """(T, K, B, O) logits and one-hot targets → ℓ averaged over the batch (T, K), and ∂L/∂logits."""
    B = outputs.shape[-2]
    shifted = outputs - xp.max(outputs, axis=-1, keepdims=True)
    e = xp.exp(shifted)
    total = xp.sum(e, axis=-1, keepdims=True)
    loss = xp.log(total[..., 0]) - xp.sum(shifted * targets, axis=-1)
    return xp.sum(loss, axis=-1) / B, (e / total - targets) / B
