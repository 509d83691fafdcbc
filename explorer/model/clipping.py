"""Gradient clipping as `torch.nn.utils` does it; Pascanu, Mikolov & Bengio 2013, algorithm 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SMALLEST_SQUARE = 1e-280  # below it, squares of single entries may have become 0
EPSILON = 1e-6  # torch.nn.utils.clip_grad_norm_ divides by (norm + 1e-6)


@dataclass(frozen=True)
class ClipReport:
    """The effect of clipping on the gradient of all parameters together.

    Attributes:
        mode: ``none``, ``norm`` or ``value``.
        threshold: the bound on the norm, or on each entry.
        norm_before, norm_after: Euclidean norms; not finite where the gradient is not.
        factor: norm_after / norm_before; 1 where nothing was changed.
        cosine: that of the angle between the gradients before and after: 1 under ``norm``, at most 1 under ``value``.
        engaged: whether anything was changed.
    """

    mode: str
    threshold: float
    norm_before: float
    norm_after: float
    factor: float
    cosine: float
    engaged: bool


Gradients = Mapping[str, np.ndarray]


def clip_gradients(gradients: Gradients, mode: str, threshold: float) -> tuple[dict[str, np.ndarray], ClipReport]:
    """The gradients after clipping by `mode`, and the report; `gradients` by parameter name, of any shapes."""
    before = _norm(gradients)
    clipped = CLIPPERS[mode](gradients, threshold, before)
    engaged = any(clipped[name] is not gradients[name] for name in gradients)
    after = _norm(clipped) if engaged else before
    if not engaged:
        return clipped, ClipReport(mode, threshold, before, after, 1.0, 1.0, False)
    return clipped, ClipReport(
        mode, threshold, before, after, _ratio(after, before), _cosine(gradients, clipped, before, after), True
    )


def _unclipped(gradients: Gradients, threshold: float, norm: float) -> dict[str, np.ndarray]:
    return dict(gradients)


def _by_norm(gradients: Gradients, threshold: float, norm: float) -> dict[str, np.ndarray]:
    factor = threshold / (norm + EPSILON)
    if factor >= 1.0:
        return dict(gradients)
    with np.errstate(invalid="ignore"):
        return {name: g * g.dtype.type(factor) for name, g in gradients.items()}


def _by_value(gradients: Gradients, threshold: float, norm: float) -> dict[str, np.ndarray]:
    if all(np.abs(g).max(initial=0.0) <= threshold for g in gradients.values()):
        return dict(gradients)
    return {name: np.clip(g, -threshold, threshold) for name, g in gradients.items()}


CLIPPERS = {"none": _unclipped, "norm": _by_norm, "value": _by_value}


def _norm(gradients: Gradients) -> float:
    return float(lane_norms({name: g[None] for name, g in gradients.items()})[0])


def lane_norms(gradients: Gradients) -> np.ndarray:
    """(K,) Euclidean norms over all parameters of each lane, from arrays (K, …); ∞ or NaN where an entry is not
    finite. The bits of one lane do not depend on the other lanes."""
    flat = [g.reshape(len(g), -1) for g in gradients.values()]
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        squares = sum((_squares(g) for g in flat), np.zeros(()))
        norms = np.sqrt(squares)
        for k in np.flatnonzero(~((squares > SMALLEST_SQUARE) & (squares < np.inf))):
            norms[k] = _scaled_norm([g[k] for g in flat])
    return norms


def _squares(flat: np.ndarray) -> np.ndarray:
    wide = flat.astype(np.float64)
    wide *= wide
    return wide.sum(axis=1)


def _scaled_norm(parts: list[np.ndarray]) -> float:
    """The norm, scaled by the largest entry so that squares neither overflow nor become 0."""
    peak = max(float(np.abs(g).max(initial=0.0)) for g in parts)
    if peak == 0.0 or not np.isfinite(peak):
        return peak
    return peak * float(np.sqrt(sum(float(np.sum((g.astype(np.float64) / peak) ** 2)) for g in parts)))


def _ratio(after: float, before: float) -> float:
    return after / before if np.isfinite(before) and before > 0 else float("nan")


def _cosine(a: Gradients, b: Gradients, norm_a: float, norm_b: float) -> float:
    if not (np.isfinite(norm_a) and np.isfinite(norm_b) and norm_a > 0 and norm_b > 0):
        return float("nan")
    return float(min(1.0, sum(float(np.sum((a[n] / norm_a) * (b[n] / norm_b), dtype=float)) for n in a)))


@dataclass(frozen=True, eq=False)
class LaneClips:
    """The effect of clipping on each of K lanes: fields of `ClipReport`, as arrays (K,)."""

    norm_before: np.ndarray
    norm_after: np.ndarray
    factor: np.ndarray
    cosine: np.ndarray


def clip_lanes(gradients: Gradients, flat: np.ndarray, modes: Sequence[str], thresholds: np.ndarray) -> LaneClips:
    """Clip K lanes in place, each in its own mode at its own threshold.

    Args:
        gradients: parameter → (K, …), views of `flat` (K, P), which holds all of them side by side.
        modes, thresholds: one for each lane.
    """
    before = lane_norms(gradients)
    finite = np.isfinite(before)
    factor, cosine = np.where(finite, 1.0, np.nan), np.where(finite & (before > 0), 1.0, np.nan)
    after = before.copy()
    by_value = [k for k, mode in enumerate(modes) if mode == "value" and np.abs(flat[k]).max() > thresholds[k]]
    scale = thresholds / (before + EPSILON)
    by_norm = [k for k, mode in enumerate(modes) if mode == "norm" and scale[k] < 1.0]
    for k in by_norm:
        flat[k] *= flat.dtype.type(scale[k])
    for k in by_value:
        unclipped = flat[k].astype(np.float64)
        np.clip(flat[k], -thresholds[k], thresholds[k], out=flat[k])
        cosine[k] = float(np.sum(unclipped * flat[k]))
    if changed := by_norm + by_value:
        after[changed] = lane_norms({name: g[changed] for name, g in gradients.items()})
        factor[changed] = after[changed] / before[changed]
        cosine[by_value] = np.minimum(cosine[by_value] / before[by_value] / after[by_value], 1.0)
    factor[~finite], cosine[~finite] = np.nan, np.nan
    return LaneClips(before, after, factor, cosine)
