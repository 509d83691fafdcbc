"""The lenses of the page by the name that they have in the link and on the command line; the first opens."""

from __future__ import annotations

from explorer.ui.views.lenses import (
    direct,
    eigenvalues,
    jacobian,
    lyapunov,
    paths,
    precision,
    reach,
    saturation,
    truncation,
)

LENSES = {
    "reach": reach.LENS,
    "jacobian": jacobian.LENS,
    "lyapunov": lyapunov.LENS,
    "precision": precision.LENS,
    "truncation": truncation.LENS,
    "eigenvalues": eigenvalues.LENS,
    "paths": paths.LENS,
    "saturation": saturation.LENS,
    "direct": direct.LENS,
}
