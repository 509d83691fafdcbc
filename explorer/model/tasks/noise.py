"""White noise as inputs and as targets: there is nothing to learn, so the gradient shows the network alone."""

from __future__ import annotations

from explorer.model.tasks.contract import Batch, Task


class Noise(Task):
    """The task ``noise``: independent inputs and targets from N(0, 1)."""

    free_input_size = True

    def sizes(self, request):
        return request.input_size or 2, 1

    def draw(self, rng, request):
        shape = (request.seq_len, request.batch_size)
        inputs = rng.standard_normal((*shape, self.sizes(request)[0]))
        return Batch(inputs, rng.standard_normal((*shape, 1)))

    def baseline(self, request, steps):
        return float(steps)  # the variance of the targets
