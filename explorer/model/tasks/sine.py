"""Predict the next value of a sine wave of unknown period (10 to 40 steps) and phase."""

from __future__ import annotations

import numpy as np

from explorer.model.tasks.contract import Batch, Curves, Task


class Sine(Task):
    """The task ``sine``: the next value of a sine wave."""

    listens = 1

    def sizes(self, request):
        return 1, 1

    def draw(self, rng, request):
        B = request.batch_size
        period, phase = rng.uniform(10, 40, size=B), rng.uniform(0, 2 * np.pi, size=B)
        steps = np.arange(request.seq_len + 1)[:, None]
        wave = np.sin(2 * np.pi * steps / period + phase)[..., None]
        return Batch(wave[:-1], wave[1:])

    def baseline(self, request, steps):
        return steps / 2  # the mean square of a sine

    def sample(self, outputs, targets):
        return Curves("sine", targets[:, 0, 0], outputs[:, 0, 0])
