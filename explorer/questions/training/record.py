"""The records of one iteration of a training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CAUSES = ("forward", "loss", "gradient")


@dataclass(frozen=True)
class Ending:
    """Why a lane stopped training.

    Attributes:
        iteration: the iteration that ended it, from 1 on.
        step: the step of the sequence, from 1 on. ``forward``: the first with a state or output that is not finite.
            ``loss``: the first whose loss is not finite. ``gradient``: on the way back, the first with ‖∂L/∂h_t‖ beyond
            the floats, or else the one with the largest norm.
        cause: ``forward``, ``loss`` or ``gradient``: the first of them that was not finite.
    """

    iteration: int
    step: int
    cause: str


@dataclass(frozen=True, eq=False)
class Step:
    """One iteration of K lanes. The numbers describe the weights that read this batch, before their update.

    Numbers of a lane that ended before are NaN.

    Attributes:
        iteration: its number, from 1 on.
        loss: (K,) loss on this batch.
        norm_before, norm_after: (K,) norms of the gradient of all parameters, before and after clipping.
        factor: (K,) norm_after / norm_before; 1 where clipping changed nothing.
        cosine: (K,) between the gradient before and after clipping.
        log10_state_grad_norm: (K, T+1) log10 ‖∂L/∂h_t‖ of the top layer, over batch and units; index 0 is the initial
            state. −inf only for an exact zero.
        spectral_radius: (K,) of the top layer's matrix that `explorer.questions.lenses.spectra.main_spectrum` chooses.
            It is computed every `explorer.questions.training.SPECTRUM_EVERY` iterations, at 1, 21, 41, …, and kept in
            between. NaN for a cell without recurrent weights.
        saturation: (K,) share of saturated gates or units; see `explorer.questions.training.measures.saturation`.
        update_size: (K,) ‖Δθ‖ / ‖θ‖.
        ended: (K,) whether the lane has ended, here or before: its weights no longer change.
        endings: the ending of each lane, or None while it runs.
        eval_loss: (K,) loss on held-out sequences after the update, at every `evaluate_every`-th iteration; else None.
    """

    iteration: int
    loss: np.ndarray
    norm_before: np.ndarray
    norm_after: np.ndarray
    factor: np.ndarray
    cosine: np.ndarray
    log10_state_grad_norm: np.ndarray
    spectral_radius: np.ndarray
    saturation: np.ndarray
    update_size: np.ndarray
    ended: np.ndarray
    endings: tuple[Ending | None, ...]
    eval_loss: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state after `iteration` iterations, on which the next ones depend.

    Attributes:
        weights: (K, P), zero for lanes that have ended.
        slots: (S, K, P) the optimiser's memory.
        spectral_radius: (K,) the last one computed.
        endings: the ending of each lane, or None.
    """

    iteration: int
    weights: np.ndarray
    slots: np.ndarray
    spectral_radius: np.ndarray
    endings: tuple[Ending | None, ...]
