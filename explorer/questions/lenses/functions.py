"""The functions of ``explorer.lenses``: each takes a trace and returns a record.

The lenses of the page have the same names here: `reach`, `jacobian`, `lyapunov`, `precision`, `truncation`,
`eigenvalues`, `paths`, `saturation`, `direct`. Long ones report progress, see `explorer.base.long_work.LongFunction`.
"""

from __future__ import annotations

from explorer.questions.lenses.direct import direct_against_total, direct_vectors
from explorer.questions.lenses.eigenvalues import eigenvalues
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.questions.lenses.paths import path_vectors, paths
from explorer.questions.lenses.precision import precision
from explorer.questions.lenses.reach import far_part, reach, reach_vectors
from explorer.questions.lenses.saturation import saturation
from explorer.questions.lenses.spectra import main_spectrum, recurrent_spectra, step_spectrum, vanishing_bound
from explorer.questions.lenses.step_jacobians import step_jacobians
from explorer.questions.lenses.truncation import truncated_by_sliding_window, truncated_in_chunks
from explorer.questions.lenses.windows import truncation

__all__ = [
    "direct",
    "direct_against_total",
    "direct_vectors",
    "eigenvalues",
    "far_part",
    "jacobian",
    "jacobian_fan",
    "lyapunov",
    "main_spectrum",
    "path_vectors",
    "paths",
    "precision",
    "reach",
    "reach_vectors",
    "recurrent_spectra",
    "saturation",
    "step_jacobians",
    "step_spectrum",
    "truncated_by_sliding_window",
    "truncated_in_chunks",
    "truncation",
    "vanishing_bound",
]

direct = direct_against_total
jacobian = jacobian_fan
