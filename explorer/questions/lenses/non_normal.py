"""A chain of units whose gradient grows for 53 steps before it decays, although every eigenvalue is 0.8.

    h_t = W h_{t−1} + …,   W = 0.8 I + 0.4 N,   N[j+1, j] = 1: each of twelve units reads itself and the one before it

W is not normal: its eigenvectors nearly coincide. A loss that reads the last unit alone sends back the gradient
(Wᵀ)^k e_12, whose entries are C(k, j) 0.8^(k−j) 0.4^j, j = 0 … 11: its norm rises to 313.143 at k = 53 and then falls
for ever as 0.8^k k^11. The spectral radius tells the end, not the way there; see Trefethen & Embree 2005, "Spectra and
Pseudospectra", and on recurrent networks Kerg et al. 2019.
"""

from __future__ import annotations

import numpy as np

LENGTH, KEEPS, HANDS_ON = 12, 0.8, 0.4
PEAK, PEAK_STEP = 313.143, 53  # ‖(Wᵀ)^k e_12‖ at its largest, and the k of it


def chain_matrix(length: int = LENGTH, keeps: float = KEEPS, hands_on: float = HANDS_ON) -> np.ndarray:
    """(H, H): `keeps` on the diagonal, `hands_on` below it."""
    return keeps * np.eye(length) + hands_on * np.eye(length, k=-1)


def chain_weights(input_size: int = 1) -> dict[str, np.ndarray]:
    """Weights for ``Experiment(cell="rnn", hidden_size=12)``: the first unit gets the input, the last gives the output.

    With the activation ``identity`` the norm of ∂L/∂h_{T−k} is ‖(Wᵀ)^k e_12‖ times that of ∂L/∂h_T.
    """
    input_weights, readout = np.zeros((LENGTH, input_size)), np.zeros((1, LENGTH))
    input_weights[0], readout[0, -1] = 1.0, 1.0
    return {
        "weight_ih_l0": input_weights,
        "weight_hh_l0": chain_matrix(),
        "bias_ih_l0": np.zeros(LENGTH),
        "bias_hh_l0": np.zeros(LENGTH),
        "weight_out": readout,
        "bias_out": np.zeros(1),
    }
