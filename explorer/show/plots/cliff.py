"""The cliff as a surface record: the loss over two coordinates, with the two descents on it."""

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
WIDE_RANGE = 100.0  # largest over smallest loss; beyond this ratio the axis is logarithmic
LEAST_LOSS = 1e-12  # on a logarithmic axis, which has no place for an exact zero


def cliff_surface(survey: Survey, descents: Descents) -> Surface:
    """The surveyed losses with both descents on them. The z axis depends on the survey alone."""
    z = _z_axis(survey)
    x, y = survey.coordinates
    paths = (
        _path(say("cliff_mark", "plain"), descents.plain, z, *PLAIN),
        _path(say("cliff_mark", "clipped"), descents.clipped, z, *CLIPPED),
    )
    gap_notes = [say("cliff_figure", "not_finite", count=f"{survey.not_finite:,}")] if survey.not_finite else []
    sentences = [say("cliff_figure", "alternative", x=coordinate_name(x), y=coordinate_name(y)), *gap_notes]
    start = descents.plain.positions[0]
    sentences.append(say("cliff_figure", "starts", x=short(float(start[0])), y=short(float(start[1]))))
    sentences.append(sight_sentence(look(descents, survey.coordinates), descents))
    return Surface(
        "cliff",
        say("cliff", survey.landscape),
        " ".join([say("cliff_figure", "caption"), *gap_notes]),
        " ".join(sentences),
        _axis(x),
        _axis(y),
        z,
        survey.x,
        survey.y,
        _in_axis_unit(z, survey.losses),
        paths,
        (*survey.home, say("cliff_mark", f"home_{'one_unit' if survey.landscape == 'one_unit' else 'network'}")),
    )


def _axis(coordinate: Coordinate) -> Axis:
    return Axis(coordinate_name(coordinate), coordinate.lower, coordinate.upper)


def _z_axis(survey: Survey) -> Axis:
    """An axis around all finite losses: linear, or logarithmic if a network's losses span more than `WIDE_RANGE`."""
    finite = survey.losses[np.isfinite(survey.losses)]
    if not finite.size:
        return Axis(say("cliff_axis", "loss"), 0.0, 1.0)
    lower, upper = float(finite.min()), float(finite.max())
    if survey.landscape != "one_unit" and lower > 0 and upper / lower > WIDE_RANGE:
        return Axis(say("cliff_axis", "loss"), np.floor(np.log10(lower)), np.ceil(np.log10(upper)), decades=True)
    step = 10.0 ** np.floor(np.log10(max(upper - lower, LEAST_LOSS)))
    return Axis(say("cliff_axis", "loss"), float(np.floor(lower / step) * step), float(np.ceil(upper / step) * step))


def _in_axis_unit(z: Axis, losses: np.ndarray) -> np.ndarray:
    """Losses in the unit of the axis; NaN where they are not finite."""
    losses = np.where(np.isfinite(losses), losses, np.nan)
    return np.log10(np.maximum(losses, LEAST_LOSS)) if z.decades else losses


def _path(label: str, descent: Descent, z: Axis, colour: str, dash: str) -> SurfacePath:
    x, y = descent.positions.T
    return SurfacePath(label, x, y, _in_axis_unit(z, descent.losses), colour, dash)
