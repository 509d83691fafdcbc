"""A figure as data: panels with series, heatmaps, regions and marks. Renderers only read it.

The panels of a figure are stacked and share the time axis. Values on a log axis are log10 ("decades"), so that 1e-900
can be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.show.plots.look import LOOK

DASHES = tuple(LOOK.dashes)
SYMBOLS = ("circle", "diamond", "square", "cross")


@dataclass(frozen=True)
class Axis:
    """A label with its unit, and the range; `decades` marks log10 values, to be shown as powers of ten.

    On an x axis `decades` means that counts are spaced by their logarithm: the range is log10, a series' steps are not.
    """

    label: str
    lower: float
    upper: float
    decades: bool = False


@dataclass(frozen=True, eq=False)
class Series:
    """A line over the steps 1…T. Values that are not finite leave a gap: −inf is an exact zero on a log axis.

    Attributes:
        steps, values: (n,) x and y of the points.
        colour: a hex colour that stands for the same thing everywhere.
        dash: one of `DASHES`, so that series never differ by colour alone.
        low, high: (n,) edges of a band around it, or None.
        symbol: one of `SYMBOLS` for single points without a line; empty for a line.
    """

    label: str
    steps: np.ndarray
    values: np.ndarray
    colour: str
    dash: str = "solid"
    width: float = 2.0
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    symbol: str = ""


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Values (rows, columns) on a fixed colour scale; NaN stays empty.

    Attributes:
        palette: ``states`` (diverging, middle neutral) or ``gates`` (sequential).
        row_edges, column_edges: (rows+1,), (columns+1,) edges of the cells on the axes, if rows are steps too or cells
            hold several steps; without them rows are units, and columns the steps from `first_step`.
        unit: the label of the colour bar; if it is given, values are in decades.
    """

    values: np.ndarray
    first_step: int
    lower: float
    upper: float
    palette: str
    row_edges: np.ndarray | None = None
    column_edges: np.ndarray | None = None
    unit: str = ""


@dataclass(frozen=True)
class Region:
    """A labelled stretch of an axis, shaded (``cool``, ``warm``, ``neutral``) or hatched (``zero``, ``not_finite``).

    It lies on the axis `of` (``x`` or ``y``) and may be infinite on a side; renderers cut it at the axis.
    """

    label: str
    lower: float
    upper: float
    look: str
    of: str = "y"


@dataclass(frozen=True, eq=False)
class Area:
    """A labelled part of a heatmap's plane that is hatched (``zero``) or shaded with a line around it (``cut``).

    Attributes:
        x, y: (n,) corners on the two axes; NaN separates one polygon from the next.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    look: str


@dataclass(frozen=True)
class Level:
    """A labelled horizontal line; the label stands at the ``left`` or ``right`` end, above or `below` it.

    A level beyond the axis is not drawn.
    """

    label: str
    value: float
    dash: str = "dot"
    side: str = "left"
    below: bool = False


@dataclass(frozen=True)
class Panel:
    """One coordinate system.

    Attributes:
        title: the text above it; a panel without a title lies close under the panel before.
        mark: the colour of the run that it shows, drawn as a bar beside it; empty if there is only one run.
        share: its part of the figure's height, relative to the other panels.
    """

    y: Axis
    title: str = ""
    mark: str = ""
    series: tuple[Series, ...] = ()
    heatmap: Heatmap | None = None
    regions: tuple[Region, ...] = ()
    levels: tuple[Level, ...] = ()
    share: float = 1.0
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One figure: what a page shows, an export writes and a screen reader says.

    Attributes:
        name: its key, also the key of its texts.
        caption: what it shows, in its first sentence; pages keep the rest behind "more".
        alternative: the figure in words, with its numbers.
        x: the time axis of all panels.
        height: in pixels.
        legend: whether the series are named in a legend; panels of one series carry its name as their title.
        wide: whether it takes the page's whole width.
        plane: whether both axes have the same unit and scale, for points of a plane.
        lead: sentences with the run's numbers, before the caption.
    """

    name: str
    title: str
    caption: str
    alternative: str
    x: Axis
    panels: tuple[Panel, ...]
    height: int = 300
    legend: bool = False
    wide: bool = False
    plane: bool = False
    lead: str = ""

    @property
    def caption_parts(self) -> tuple[str, str]:
        """What always stands below the figure, and the rest of the caption: all but its first sentence."""
        first, stop, rest = self.caption.partition(". ")
        return f"{self.lead} {first}{stop.strip()}".strip(), rest


def regions_within(panel: Panel) -> tuple[Region, ...]:
    """The panel's regions; those on the y axis are cut to its range, and left out if they lie beyond it."""
    y = panel.y
    cut = (
        r if r.of == "x" else replace(r, lower=max(r.lower, y.lower), upper=min(r.upper, y.upper))
        for r in panel.regions
    )
    return tuple(region for region in cut if region.of == "x" or region.lower < region.upper)


def levels_within(panel: Panel) -> tuple[Level, ...]:
    """The panel's levels within the range of its y axis."""
    return tuple(level for level in panel.levels if panel.y.lower < level.value < panel.y.upper)
