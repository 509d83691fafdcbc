"""A cell's steps written in place are its own steps, bit for bit."""

import numpy as np
import pytest

import explorer
from explorer.engine import walk
from explorer.model.cells.kernels import KERNELS
from tests.common.comparing import small


@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("settings", [{}, {"num_layers": 2}, {"seq_len": 150, "hidden_size": 3, "gain": 8.0}])
def test_every_bit_is_the_same(settings, dtype, monkeypatch):
    e = small(cell="lstm", task="copy", loss_at="every", dtype=dtype, **settings)
    lanes = [e, e.replace(seed=5)]
    in_place = explorer.run_many(lanes)
    assert KERNELS
    monkeypatch.setattr(walk, "KERNELS", {})
    for one, other in zip(in_place, explorer.run_many(lanes), strict=True):
        for name in ("states", "gates", "state_grads", "weight_grads", "log10_state_grad_norm"):
            for key, array in getattr(other, name).items():
                np.testing.assert_array_equal(getattr(one, name)[key], array, err_msg=f"{name} {key}")
