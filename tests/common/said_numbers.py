"""Numbers of every size, sign and kind, which Python and the browser have to write alike."""

from __future__ import annotations

import numpy as np

LOG10 = [
    *np.linspace(-6, 6, 241).tolist(),
    *np.random.default_rng(0).uniform(-3500, 3500, 300).tolist(),
    -np.inf,
    np.nan,
    0.0,
    22.99,
    -4.0,
]
HALFWAY = [place * 2.0**power for power in (-4, -3, -1, 0) for place in range(1, 200, 2)]  # many end in a 5
PLAIN = [
    *(sign * 10.0**place for sign in (1, -1) for place in np.linspace(-9, 12, 211).tolist()),
    *HALFWAY, *(50_000.0 * place for place in range(21, 200)), *(50.0 * place for place in range(21, 200)),
    0.0, -0.0, 1.0, -1.0, 9.996, 0.0999999, 999_999.0, 999_999.9, 1e300, -1e300, 5e-324, np.inf, -np.inf, np.nan,
]  # fmt: skip
