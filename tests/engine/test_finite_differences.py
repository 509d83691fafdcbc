"""A few entries of every gradient by central differences: no derivation at all, only the forward pass."""

import numpy as np
import pytest

import explorer
from tests.common.comparing import CELLS, LOSSES, random_initial_state, small, weights_of

STEP = 1e-6
EACH = 3  # entries of every array


def central_difference(loss, array, index):
    """(L(x + ε) − L(x − ε)) / 2ε for one entry of `array`, which `loss` reads."""
    middle, ends = array[index], []
    for end in (middle + STEP, middle - STEP):
        array[index] = end
        ends.append(loss())
    array[index] = middle
    return (ends[0] - ends[1]) / (2 * STEP)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cell", CELLS)
def test_weights_and_initial_states(cell, loss):
    e = small(**cell, **loss, num_layers=2, seq_len=6, hidden_size=3)
    weights, initial = weights_of(e), random_initial_state(e)
    trace = explorer.run(e, weights, initial_state=initial)
    gradients = {**trace.weight_grads, **{name: grads[:, 0] for name, grads in trace.state_grads.items()}}
    rng = np.random.default_rng(0)
    for name in gradients:  # a state that only sets a scale has none
        array = {**weights, **initial}[name]
        for flat in rng.choice(array.size, size=min(EACH, array.size), replace=False):
            index = np.unravel_index(flat, array.shape)
            measured = central_difference(lambda: explorer.run(e, weights, initial_state=initial).loss, array, index)
            assert gradients[name][index] == pytest.approx(measured, rel=1e-6, abs=1e-8), (name, index)
