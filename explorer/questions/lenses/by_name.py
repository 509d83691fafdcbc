"""Every lens by the name that it has on the page, in its link and on the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.questions.lenses.direct import direct_against_total
from explorer.questions.lenses.eigenvalues import eigenvalues
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.questions.lenses.paths import paths
from explorer.questions.lenses.precision import precision
from explorer.questions.lenses.reach import reach
from explorer.questions.lenses.saturation import saturation
from explorer.questions.lenses.windows import truncation

LENSES: dict[str, Callable[..., Any]] = {  # (trace, progress=…) → a record
    "reach": reach,
    "jacobian": jacobian_fan,
    "lyapunov": lyapunov,
    "truncation": truncation,
    "eigenvalues": eigenvalues,
    "paths": paths,
    "saturation": saturation,
    "direct": direct_against_total,
    "precision": precision,
}
