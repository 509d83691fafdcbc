"""The cliff as a record: the loss over two coordinates, and the two descents on it."""

from __future__ import annotations

import numpy as np

from explorer.questions.cliff.contract import Coordinate
from explorer.questions.cliff.descent import Descent, Descents
from explorer.questions.cliff.survey import Survey
from explorer.questions.cliff.verdict import look
from explorer.show.plots.record import Axis
from explorer.show.plots.surface import Surface, SurfacePath
from explorer.show.words import say
from explorer.show.words.cliff import coordinate_name, sight_sentence
from explorer.show.words.numbers import short

PLAIN, CLIPPED = ("#D55E00", "dash"), ("#0072B2", "solid")
WIDE_RANGE = 100.0  # largest over smallest loss: beyond, the axis is logarithmic
LEAST_LOSS = 1e-12  # of a logarithmic axis: an exact zero has no place on one


def cliff_surface(seen: Survey, descents: Descents) -> Surface:
    """Both paths on the survey. The z axis depends on the survey alone."""
    z = _z_axis(seen)
    x, y = seen.coordinates
    paths = (
        _path(say("cliff_mark", "plain"), descents.plain, z, *PLAIN),
        _path(say("cliff_mark", "clipped"), descents.clipped, z, *CLIPPED),
    )
    crossed = [say("cliff_figure", "not_finite", count=f"{seen.not_finite:,}")] if seen.not_finite else []
    told = [say("cliff_figure", "alternative", x=coordinate_name(x), y=coordinate_name(y)), *crossed]
    start = descents.plain.positions[0]
    told.append(say("cliff_figure", "starts", x=short(float(start[0])), y=short(float(start[1]))))
    told.append(sight_sentence(look(descents, seen.coordinates), descents))
    return Surface(
        "cliff",
        say("cliff", seen.landscape),
        " ".join([say("cliff_figure", "caption"), *crossed]),
        " ".join(told),
        _axis(x),
        _axis(y),
        z,
        seen.x,
        seen.y,
        _on(z, seen.losses),
        paths,
        (*seen.home, say("cliff_mark", f"home_{'one_unit' if seen.landscape == 'one_unit' else 'network'}")),
    )


def _axis(coordinate: Coordinate) -> Axis:
    return Axis(coordinate_name(coordinate), coordinate.lower, coordinate.upper)


def _z_axis(seen: Survey) -> Axis:
    """Linear, unless the losses span too much for it; around all finite ones."""
    finite = seen.losses[np.isfinite(seen.losses)]
    if not finite.size:
        return Axis(say("cliff_axis", "loss"), 0.0, 1.0)
    lower, upper = float(finite.min()), float(finite.max())
    if seen.landscape != "one_unit" and lower > 0 and upper / lower > WIDE_RANGE:
        return Axis(say("cliff_axis", "loss"), np.floor(np.log10(lower)), np.ceil(np.log10(upper)), decades=True)
    step = 10.0 ** np.floor(np.log10(max(upper - lower, LEAST_LOSS)))
    return Axis(say("cliff_axis", "loss"), float(np.floor(lower / step) * step), float(np.ceil(upper / step) * step))


def _on(z: Axis, losses: np.ndarray) -> np.ndarray:
    """Losses in the axis's unit; NaN where they are not finite."""
    losses = np.where(np.isfinite(losses), losses, np.nan)
    return np.log10(np.maximum(losses, LEAST_LOSS)) if z.decades else losses


def _path(label: str, descent: Descent, z: Axis, colour: str, dash: str) -> SurfacePath:
    x, y = descent.positions.T
    return SurfacePath(label, x, y, _on(z, descent.losses), colour, dash)
