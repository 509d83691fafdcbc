"""The lenses by their names in links and on the command line, in the order in which a page shows them.

A new lens needs four parts: its record in `explorer.questions.lenses`, its descriptor here with a line in `LENSES`, its
figures in `explorer.show.plots.lenses`, and its words.
"""

from __future__ import annotations

from typing import Any

from explorer.base.errors import ExplorerError
from explorer.base.registry import Registry
from explorer.show.lenses import (
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
from explorer.show.lenses.contract import Lens


def _as_lens(name: str, candidate: Any) -> Lens:
    if not isinstance(candidate, Lens) or "record" not in candidate.parts:
        raise ExplorerError("lens", "must be a Lens whose parts hold a record", name)
    return candidate


LENSES: Registry[Lens] = Registry(
    "lens",
    {
        "reach": reach.LENS,
        "jacobian": jacobian.LENS,
        "lyapunov": lyapunov.LENS,
        "precision": precision.LENS,
        "truncation": truncation.LENS,
        "eigenvalues": eigenvalues.LENS,
        "paths": paths.LENS,
        "saturation": saturation.LENS,
        "direct": direct.LENS,
    },
    _as_lens,
)
